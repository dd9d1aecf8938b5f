"""What is said about a signed request: who reads which messages, what a correction may change, what a revision held."""
