"""Rules of wheels: names, URLs, and what their archives hold."""
