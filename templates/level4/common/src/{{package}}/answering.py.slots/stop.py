await run_in_threadpool(self.router.close)
