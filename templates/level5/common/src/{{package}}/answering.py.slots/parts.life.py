from .service_meter import ServiceMeter

self.meter = ServiceMeter(live, self.telemetry)
