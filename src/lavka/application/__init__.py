"""What can be done in a shop, and the ports it needs."""
