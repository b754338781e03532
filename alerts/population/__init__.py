"""How many advertised contacts there may be beside those that were seen: estimates with their limits.

A contact is a number, address or account that ads give. It is no person and says nothing of victims: several persons
may share one, and one person may have several.
"""
