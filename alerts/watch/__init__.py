"""The watch-list: what is watched for, in the past and from now on, and the ads that matched."""
