"""Where the ads of a contact said they were, and when."""
