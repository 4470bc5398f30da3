package io.zigma.server.api;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.zigma.server.http.Exchange;
import io.zigma.server.http.HttpException;
import io.zigma.server.http.Routes;
import io.zigma.server.job.Job;
import io.zigma.server.job.JobEvent;
import io.zigma.server.job.JobListener;
import io.zigma.server.job.JobState;
import io.zigma.server.job.ServedModel;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * {@code /sdapi/v1} as clients of AUTOMATIC1111's web UI use it. They always send a size, of which
 * a model here has one: pictures have that size whatever was asked for, and the answer says so.
 * What would make other pictures and is not here (scripts, styles, high-resolution passes) is
 * refused.
 */
public final class WebuiApi {

    private static final int OK = 200;
    private static final int UNPROCESSABLE = 422;
    private static final long POLLED_NANOS = 10_000_000_000L;

    private final Desk desk;
    private final Map<String, Job> jobs = new ConcurrentHashMap<>();
    private volatile @Nullable String chosen;
    private volatile long polled = System.nanoTime() - POLLED_NANOS;

    /**
     * Opens the interface.
     *
     * @param desk where requests go
     */
    public WebuiApi(Desk desk) {
        this.desk = desk;
    }

    /**
     * Adds its routes.
     *
     * @param routes where to
     */
    public void addTo(Routes routes) {
        routes.on("POST", "/sdapi/v1/txt2img", exchange -> make(exchange, false))
                .on("POST", "/sdapi/v1/img2img", exchange -> make(exchange, true))
                .on(
                        "GET",
                        "/sdapi/v1/sd-models",
                        exchange -> exchange.answer(OK, WebuiCatalog.models(desk.models())))
                .on(
                        "GET",
                        "/sdapi/v1/samplers",
                        exchange -> exchange.answer(OK, WebuiCatalog.samplers()))
                .on(
                        "GET",
                        "/sdapi/v1/schedulers",
                        exchange -> exchange.answer(OK, WebuiCatalog.schedulers()))
                .on(
                        "GET",
                        "/sdapi/v1/options",
                        exchange -> exchange.answer(OK, WebuiCatalog.options(desk.model(chosen))))
                .on("POST", "/sdapi/v1/options", this::choose)
                .on(
                        "GET",
                        "/sdapi/v1/progress",
                        exchange -> exchange.answer(OK, progress(exchange)))
                .on("POST", "/sdapi/v1/interrupt", this::interrupt)
                .on("POST", "/sdapi/v1/skip", this::interrupt)
                .on("POST", "/sdapi/v1/png-info", this::information)
                .on(
                        "POST",
                        "/sdapi/v1/refresh-checkpoints",
                        exchange -> exchange.answer(OK, JsonNull.INSTANCE));
        for (String nothing : WebuiCatalog.NOTHING) {
            routes.on("GET", nothing, exchange -> exchange.answer(OK, new JsonArray()));
        }
    }

    private void make(Exchange exchange, boolean fromPicture) {
        exchange.when(
                exchange.jsonBody(),
                body -> {
                    JsonObject asked = body.json();
                    asked.entrySet().removeIf(field -> field.getValue().isJsonNull());
                    WebuiRequest.refuseAbsent(asked);
                    ServedModel model = desk.model(checkpoint(asked));
                    JsonObject request = WebuiRequest.of(asked, model, fromPicture);
                    Job job = desk.submit(model, request, body.bytes(), this::watch);
                    exchange.takesLong();
                    exchange.whenGone(() -> desk.queue().cancel(job));
                    exchange.when(
                            job.end(), ended -> exchange.answer(OK, WebuiAnswer.of(ended, asked)));
                });
    }

    /** Has progress know the job, and makes previews while somebody asks for them. */
    private void watch(Job job) {
        jobs.put(job.id(), job);
        job.listen(
                new JobListener() {
                    @Override
                    public void happened(Job changed, JobEvent event) {
                        if (event instanceof JobEvent.Ended) {
                            jobs.remove(changed.id());
                        }
                    }

                    @Override
                    public boolean wantsPreviews() {
                        return System.nanoTime() - polled < POLLED_NANOS;
                    }
                });
    }

    private @Nullable String checkpoint(JsonObject asked) {
        if (asked.get("override_settings") instanceof JsonObject settings) {
            String name = Desk.text(settings, WebuiCatalog.CHECKPOINT, false);
            if (name != null && !name.isBlank()) {
                return named(name);
            }
        }
        return chosen;
    }

    /** Titles have the hash behind the name, as in {@code fashion [0123456789]}. */
    private String named(String title) {
        if (desk.models().all().stream().anyMatch(model -> model.name().equals(title))) {
            return title; // a folder's name may end in brackets, too
        }
        return title.replaceFirst(" \\[[0-9a-f]+]$", "").strip();
    }

    private void choose(Exchange exchange) {
        exchange.when(
                exchange.jsonBody(),
                body -> {
                    // clients send all back that they were given, with the name changed
                    body.json().remove(WebuiCatalog.HASH);
                    String format = Desk.text(body.json(), WebuiCatalog.FORMAT, true);
                    String name = Desk.text(body.json(), WebuiCatalog.CHECKPOINT, true);
                    if (!body.json().isEmpty()
                            || format != null && !format.equals(WebuiCatalog.PNG)) {
                        throw new HttpException(
                                UNPROCESSABLE,
                                "the only option that can be set is %s"
                                        .formatted(WebuiCatalog.CHECKPOINT));
                    }
                    if (name != null) {
                        chosen = desk.model(named(name)).name();
                    }
                    exchange.answer(OK, JsonNull.INSTANCE);
                });
    }

    private JsonObject progress(Exchange exchange) {
        boolean skip =
                exchange.query().toLowerCase(Locale.ROOT).contains("skip_current_image=true");
        if (!skip) {
            polled = System.nanoTime();
        }
        Optional<Job> job =
                jobs.values().stream()
                        .filter(own -> own.state() == JobState.RUNNING)
                        .findFirst()
                        .or(() -> jobs.values().stream().findFirst());
        int done = job.map(Job::done).orElse(0);
        int total = job.map(Job::total).orElse(0);
        JsonObject state = new JsonObject();
        state.addProperty("skipped", false);
        state.addProperty("interrupted", false);
        state.addProperty("stopping_generation", false);
        state.addProperty("job", job.map(Job::id).orElse(""));
        state.addProperty("job_count", jobs.size());
        state.addProperty("job_timestamp", job.map(own -> own.created().toString()).orElse("0"));
        state.addProperty("job_no", 0);
        state.addProperty("sampling_step", done);
        state.addProperty("sampling_steps", total);
        JsonObject json = new JsonObject();
        json.addProperty("progress", total == 0 ? 0.0 : (double) done / total);
        json.addProperty("eta_relative", job.map(Job::secondsLeft).orElse(0.0));
        json.add("state", state);
        Optional<String> image =
                skip
                        ? Optional.empty()
                        : job.flatMap(Job::preview)
                                .map(
                                        preview ->
                                                Base64.getEncoder()
                                                        .encodeToString(preview.pngs().get(0)));
        json.add(
                "current_image",
                image.<JsonElement>map(JsonPrimitive::new).orElse(JsonNull.INSTANCE));
        json.add("textinfo", JsonNull.INSTANCE);
        return json;
    }

    /** Cancels what this interface's clients have running; jobs of the others go on. */
    private void interrupt(Exchange exchange) {
        jobs.values().stream()
                .filter(job -> job.state() == JobState.RUNNING)
                .forEach(desk.queue()::cancel);
        exchange.answer(OK, new JsonObject());
    }

    private void information(Exchange exchange) {
        exchange.when(
                exchange.jsonBody(),
                body -> {
                    String image = Desk.text(body.json(), "image", false);
                    if (image == null) {
                        throw new HttpException(
                                UNPROCESSABLE, "image should be a PNG file in base64");
                    }
                    Map<String, String> texts;
                    try {
                        texts =
                                PngText.read(
                                        Base64.getMimeDecoder()
                                                .decode(
                                                        image.replaceFirst(
                                                                "^data:[^,]*;base64,", "")));
                    } catch (IllegalArgumentException e) {
                        throw new HttpException(
                                UNPROCESSABLE, "image should be a PNG file in base64");
                    }
                    JsonObject items = new JsonObject();
                    texts.forEach(items::addProperty);
                    JsonObject json = new JsonObject();
                    json.addProperty("info", texts.getOrDefault("parameters", ""));
                    json.add("items", items);
                    json.add("parameters", new JsonObject());
                    exchange.answer(OK, json);
                });
    }
}
