"""Whether the estimators of the market's size find the size of markets that are known."""
