"""Lock files, and what reads them. A package, as a dependency brings a module of the same name."""
