"""The domain as HTTP and the command line show it: structs, and the functions that fill them."""
