"""What is usual in the market, so that one cluster can be held against it."""
