"""Spring 2020 replayed through the actions, one module a matter: who gives, asks, decides, pays and tells."""
