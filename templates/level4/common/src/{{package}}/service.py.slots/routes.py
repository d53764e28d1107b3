
@application.get("/rollout")
async def rollout() -> dict[str, Any]:
    return answering.router.status()
