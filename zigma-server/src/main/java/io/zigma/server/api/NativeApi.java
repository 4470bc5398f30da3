package io.zigma.server.api;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.io.Software;
import io.zigma.sampler.Samplers;
import io.zigma.server.http.Exchange;
import io.zigma.server.http.HttpException;
import io.zigma.server.http.Routes;
import io.zigma.server.job.Job;
import io.zigma.server.job.JobPicture;
import io.zigma.server.job.ServedModel;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** {@code /api/v1}: models, and jobs with their events. */
public final class NativeApi implements AutoCloseable {

    private static final int OK = 200;
    private static final int ACCEPTED = 202;
    private static final int NOT_FOUND = 404;

    /** How the address of a video ends. */
    static final String APNG = ".apng";

    private static final String PNG = ".png";
    private static final int BEAT_SECONDS = 10;

    private final Desk desk;
    private final int bodyLimit;
    private final Set<EventStream> streams = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService heart =
            Executors.newSingleThreadScheduledExecutor(
                    work -> {
                        Thread thread = new Thread(work, "zigma-heartbeat");
                        thread.setDaemon(true);
                        return thread;
                    });

    /**
     * Opens the interface.
     *
     * @param desk where requests go
     * @param bodyLimit bytes of one request, for clients to know
     */
    public NativeApi(Desk desk, int bodyLimit) {
        this.desk = desk;
        this.bodyLimit = bodyLimit;
        var unused =
                heart.scheduleAtFixedRate(
                        () -> streams.forEach(EventStream::beat),
                        BEAT_SECONDS,
                        BEAT_SECONDS,
                        TimeUnit.SECONDS);
    }

    /**
     * Adds its routes.
     *
     * @param routes where to
     */
    public void addTo(Routes routes) {
        routes.on("GET", "/api/v1/models", exchange -> exchange.answer(OK, models()))
                .on("POST", "/api/v1/jobs", this::submit)
                .on("GET", "/api/v1/jobs/{id}", this::state)
                .on("DELETE", "/api/v1/jobs/{id}", this::cancel)
                .on("GET", "/api/v1/jobs/{id}/events", this::events)
                .on("GET", "/api/v1/jobs/{id}/images/{number}", this::image);
    }

    /**
     * Counts clients that hear events.
     *
     * @return streams
     */
    public int streams() {
        return streams.size();
    }

    private void submit(Exchange exchange) {
        exchange.when(
                exchange.jsonBody(),
                body -> {
                    long bytes = body.bytes();
                    JsonObject json = body.json();
                    ServedModel model = desk.model(json);
                    Job job = desk.submit(model, json, bytes, made -> {});
                    exchange.header("Location", JobJson.path(job));
                    exchange.answer(ACCEPTED, JobJson.of(job, desk.queue().ahead(job)));
                });
    }

    private void state(Exchange exchange) {
        Job job = desk.job(exchange.value("id"));
        exchange.answer(OK, JobJson.of(job, desk.queue().ahead(job)));
    }

    private void cancel(Exchange exchange) {
        Job job = desk.job(exchange.value("id"));
        desk.queue().cancel(job);
        exchange.answer(ACCEPTED, JobJson.of(job, 0));
    }

    private void events(Exchange exchange) {
        Job job = desk.job(exchange.value("id"));
        boolean previews = !exchange.query().contains("previews=false");
        EventStream.open(exchange, job, desk.queue(), previews, streams);
    }

    private void image(Exchange exchange) {
        Job job = desk.job(exchange.value("id"));
        int number = number(exchange.value("number"));
        if (number < 0 || number >= job.pictures().size()) {
            throw new HttpException(
                    NOT_FOUND,
                    "the job is %s and has %s pictures, counted from 0"
                            .formatted(job.state().label(), job.pictures().size()));
        }
        JobPicture picture = job.pictures().get(number);
        if (exchange.value("number").endsWith(APNG)) {
            byte[] video =
                    picture.apng()
                            .orElseThrow(
                                    () ->
                                            new HttpException(
                                                    NOT_FOUND,
                                                    "the model makes pictures, no videos; leave out "
                                                            + APNG));
            answer(exchange, number, APNG, "image/apng", video);
        } else {
            answer(exchange, number, PNG, "image/png", picture.png());
        }
    }

    private static void answer(
            Exchange exchange, int number, String ending, String type, byte[] file) {
        exchange.header(
                "Content-Disposition", "inline; filename=\"zigma-%s%s\"".formatted(number, ending));
        exchange.answer(OK, type, file);
    }

    private static int number(String text) {
        String plain = text;
        for (String ending : List.of(PNG, APNG)) {
            if (text.endsWith(ending)) {
                plain = text.substring(0, text.length() - ending.length());
            }
        }
        return plain.matches("\\d{1,4}") ? Integer.parseInt(plain) : -1;
    }

    /** Describes models, samplers and limits: all that a page needs to offer. */
    private JsonObject models() {
        JsonObject json = new JsonObject();
        json.addProperty("version", Software.version());
        JsonArray models = new JsonArray();
        desk.models().all().forEach(model -> models.add(model(model)));
        json.add("models", models);
        JsonArray samplers = new JsonArray();
        Samplers.KINDS
                .all()
                .forEach(
                        kind -> {
                            JsonObject sampler = new JsonObject();
                            sampler.addProperty("name", kind.name());
                            sampler.addProperty("purpose", kind.purpose());
                            samplers.add(sampler);
                        });
        json.add("samplers", samplers);
        JsonObject limits = new JsonObject();
        limits.addProperty("count", desk.queue().limits().request().maxCount());
        limits.addProperty("steps", desk.queue().limits().request().maxSteps());
        limits.addProperty("queued", desk.queue().limits().queued());
        limits.addProperty("body_bytes", bodyLimit);
        json.add("limits", limits);
        return json;
    }

    private static JsonObject model(ServedModel model) {
        CheckpointConfig config = model.config();
        JsonObject json = new JsonObject();
        json.addProperty("id", model.name());
        json.addProperty("conditioning", config.model().conditioning().kind());
        JsonArray classes = new JsonArray();
        config.labels().forEach(classes::add);
        json.add("classes", classes);
        json.addProperty("guidable", config.model().conditioning().guidable());
        json.addProperty("width", model.pixels().width());
        json.addProperty("height", model.pixels().height());
        json.addProperty("channels", model.pixels().channels());
        json.addProperty("frames", model.pixels().frameCount());
        json.addProperty("weights_sha256", model.checkpoint().weightsHash());
        JsonObject defaults = new JsonObject();
        defaults.addProperty("sampler", config.sampling().sampler());
        defaults.addProperty("steps", config.sampling().steps());
        defaults.addProperty("guidance", config.sampling().guidance().scale());
        if (!config.sampling().guidance().throughout()) {
            defaults.addProperty(
                    "guidance_interval",
                    config.sampling().guidance().from() + "," + config.sampling().guidance().to());
        }
        json.add("defaults", defaults);
        return json;
    }

    @Override
    public void close() {
        heart.shutdownNow();
    }
}
