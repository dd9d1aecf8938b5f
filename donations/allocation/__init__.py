"""First in, first out: which gifts paid for the aid of each closed month (decision 0018)."""
