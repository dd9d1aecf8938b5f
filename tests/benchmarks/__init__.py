"""Programs that measure: ratios against a bound of the same run. docs/performance.md has the figures."""
