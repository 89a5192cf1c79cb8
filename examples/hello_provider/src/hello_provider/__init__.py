"""The hello provider."""

from hello_provider.greeting import Greeting

__all__ = ["Greeting"]
