"proxy": ("proxy", "pass requests on to what is deployed in an environment"),
