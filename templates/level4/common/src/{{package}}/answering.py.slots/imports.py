from .routing import Router
