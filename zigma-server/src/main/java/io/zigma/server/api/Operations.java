package io.zigma.server.api;

import com.google.gson.JsonObject;
import io.zigma.io.Software;
import io.zigma.server.http.Exchange;
import io.zigma.server.http.Routes;
import io.zigma.server.job.JobState;
import io.zigma.server.job.JobStatistics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What whoever runs a server watches: {@code /health}, and {@code /metrics} for Prometheus. */
public final class Operations {

    private static final int OK = 200;
    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";

    private final Desk desk;
    private final Supplier<Map<String, Long>> requests;
    private final LongSupplier bodyBytes;
    private final LongSupplier streams;

    /**
     * Opens it.
     *
     * @param desk where requests go
     * @param requests counts requests by how they were answered
     * @param bodyBytes of requests in memory
     * @param streams counts clients that hear events
     */
    public Operations(
            Desk desk,
            Supplier<Map<String, Long>> requests,
            LongSupplier bodyBytes,
            LongSupplier streams) {
        this.desk = desk;
        this.requests = requests;
        this.bodyBytes = bodyBytes;
        this.streams = streams;
    }

    /**
     * Adds its routes.
     *
     * @param routes where to
     */
    public void addTo(Routes routes) {
        routes.open("/health", exchange -> exchange.answer(OK, health()))
                .on("GET", "/metrics", this::metrics);
    }

    private static JsonObject health() {
        JsonObject json = new JsonObject();
        json.addProperty("status", "ok");
        json.addProperty("version", Software.version());
        return json;
    }

    private void metrics(Exchange exchange) {
        JobStatistics statistics = desk.queue().statistics();
        StringBuilder text = new StringBuilder();
        metric(text, "zigma_jobs_waiting", "gauge", "Jobs that wait", desk.queue().waiting());
        metric(text, "zigma_jobs_running", "gauge", "Jobs that run", desk.queue().running().size());
        head(text, "zigma_jobs_ended_total", "counter", "Jobs that ended, by their state");
        for (JobState state : List.of(JobState.DONE, JobState.FAILED, JobState.CANCELLED)) {
            line(
                    text,
                    "zigma_jobs_ended_total{state=\"%s\"}".formatted(state.label()),
                    statistics.jobs(state));
        }
        metric(
                text,
                "zigma_jobs_submitted_total",
                "counter",
                "Jobs that were taken in",
                statistics.submitted());
        metric(
                text,
                "zigma_jobs_rejected_total",
                "counter",
                "Requests that found the queue full",
                statistics.rejected());
        metric(text, "zigma_pictures_total", "counter", "Pictures made", statistics.pictures());
        metric(text, "zigma_steps_total", "counter", "Sampling steps", statistics.steps());
        metric(
                text,
                "zigma_passes_total",
                "counter",
                "Times that one or more jobs were sampled at once",
                statistics.passes());
        metric(
                text,
                "zigma_busy_seconds_total",
                "counter",
                "Seconds that workers were busy",
                statistics.busySeconds());
        metric(text, "zigma_model_loads_total", "counter", "Models loaded", statistics.loads());
        metric(
                text,
                "zigma_model_drops_total",
                "counter",
                "Models dropped for others",
                statistics.drops());
        head(text, "zigma_http_requests_total", "counter", "Requests, by how they were taken");
        requests.get().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(
                        entry ->
                                line(
                                        text,
                                        "zigma_http_requests_total{answer=\"%s\"}"
                                                .formatted(entry.getKey()),
                                        entry.getValue()));
        metric(
                text,
                "zigma_http_body_bytes",
                "gauge",
                "Bytes of requests in memory",
                bodyBytes.getAsLong());
        metric(
                text,
                "zigma_event_streams",
                "gauge",
                "Clients that hear events",
                streams.getAsLong());
        Runtime runtime = Runtime.getRuntime();
        metric(
                text,
                "zigma_heap_bytes",
                "gauge",
                "Bytes of the Java heap in use",
                runtime.totalMemory() - runtime.freeMemory());
        residentBytes()
                .ifPresent(
                        bytes ->
                                metric(
                                        text,
                                        "process_resident_memory_bytes",
                                        "gauge",
                                        "Bytes of the process in memory",
                                        bytes));
        exchange.answer(OK, TEXT, text.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** As Linux counts it; other systems have no such file. */
    private static OptionalLong residentBytes() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .findFirst();
        } catch (IOException | UncheckedIOException e) {
            return OptionalLong.empty();
        }
    }

    private static void metric(
            StringBuilder text, String name, String type, String help, double value) {
        head(text, name, type, help);
        line(text, name, value);
    }

    private static void head(StringBuilder text, String name, String type, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private static void line(StringBuilder text, String name, double value) {
        text.append(name).append(' ');
        if (value == Math.rint(value)) {
            text.append((long) value);
        } else {
            text.append(value);
        }
        text.append('\n');
    }
}
