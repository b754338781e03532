"""Reports for people to look at: plots and tables of the market, and the yearly status report."""
