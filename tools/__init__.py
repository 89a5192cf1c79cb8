"""Programs around the repository: its documentation site, its screenshots, its builds."""
