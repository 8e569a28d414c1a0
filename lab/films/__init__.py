"""Films: what an artist knows by heart, decoded fast and exactly, judged and shown."""
