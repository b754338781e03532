"""Links ads into clusters, judges them, and shows what a person should look at."""
