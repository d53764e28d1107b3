"collect": ("collect", "take over what the pods of an environment have predicted"),
"manifests": ("manifests", "render and check what is applied to the cluster"),
