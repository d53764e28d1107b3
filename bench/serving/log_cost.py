"""What the prediction log costs a request: the time of appending, beside that of the whole answer."""

import asyncio
import json
import sys
import time
from pathlib import Path

import httpx
from model import service, spool
from model.config import load_config
from model.live import LiveModel

ROUNDS, REQUESTS = 20, 100

row = json.loads(Path(sys.argv[1]).read_text())
application = service.create_app(LiveModel(load_config()))
append = spool.Spool.append


async def milliseconds(client: httpx.AsyncClient) -> float:
    """Return the CPU time of one request, which does not depend on what else the machine does."""
    start = time.process_time()
    for _ in range(REQUESTS):
        (await client.post("/predict", json=row)).raise_for_status()
    return (time.process_time() - start) / REQUESTS * 1000


async def main() -> None:
    transport = httpx.ASGITransport(application)
    async with httpx.AsyncClient(transport=transport, base_url="http://model") as client:
        await milliseconds(client)
        taken = {"with": [], "without": []}
        for _ in range(ROUNDS):
            spool.Spool.append = append
            taken["with"].append(await milliseconds(client))
            spool.Spool.append = lambda *_: None
            taken["without"].append(await milliseconds(client))
    with_log, without = (sorted(each)[ROUNDS // 2] for each in taken.values())
    print(with_log, without)


asyncio.run(main())
