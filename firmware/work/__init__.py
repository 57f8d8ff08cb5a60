"""From templates to jobs, and from results to shares."""
