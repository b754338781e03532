"""Lists from the store: which contact, ad, persona or cluster was seen on which site in which span of days."""
