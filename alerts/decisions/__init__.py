"""What people decided, what they had seen, and how often each reason proved right."""
