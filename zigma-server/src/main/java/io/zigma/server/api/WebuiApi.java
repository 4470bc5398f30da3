package io.zigma.server.api;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.zigma.io.Software;
import io.zigma.sampler.SamplerKind;
import io.zigma.sampler.Samplers;
import io.zigma.server.http.Exchange;
import io.zigma.server.http.HttpException;
import io.zigma.server.http.Routes;
import io.zigma.server.job.Job;
import io.zigma.server.job.JobEvent;
import io.zigma.server.job.JobListener;
import io.zigma.server.job.JobPicture;
import io.zigma.server.job.JobState;
import io.zigma.server.job.QueueFullException;
import io.zigma.server.job.ServedModel;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
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
    private static final int NOT_FOUND = 404;
    private static final int SHORT_HASH = 10;
    private static final long POLLED_NANOS = 10_000_000_000L;

    private static final String CHECKPOINT = "sd_model_checkpoint";
    private static final String AUTOMATIC = "automatic";

    /** The names that those clients send, where one of ours is the same method. */
    private static final Map<String, String> SAMPLERS =
            Map.of("dpm++ 2m", "dpm++", "unipc", "unipc", "ddim", "ddim");

    /** What is refused unless it is switched off. */
    private static final List<String> ABSENT =
            List.of(
                    "enable_hr",
                    "tiling",
                    "restore_faces",
                    "subseed_strength",
                    "script_name",
                    "styles",
                    "inpainting_mask_invert",
                    "refiner_checkpoint",
                    "alwayson_scripts");

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
                .on("GET", "/sdapi/v1/sd-models", exchange -> exchange.answer(OK, models()))
                .on("GET", "/sdapi/v1/samplers", exchange -> exchange.answer(OK, samplers()))
                .on("GET", "/sdapi/v1/schedulers", exchange -> exchange.answer(OK, schedulers()))
                .on("GET", "/sdapi/v1/options", exchange -> exchange.answer(OK, options()))
                .on("POST", "/sdapi/v1/options", this::choose)
                .on(
                        "GET",
                        "/sdapi/v1/progress",
                        exchange -> exchange.answer(OK, progress(exchange)))
                .on("POST", "/sdapi/v1/interrupt", this::interrupt)
                .on("POST", "/sdapi/v1/skip", this::interrupt)
                .on("POST", "/sdapi/v1/png-info", this::information);
    }

    private void make(Exchange exchange, boolean fromPicture) {
        exchange.when(
                exchange.jsonBody(),
                body -> {
                    JsonObject asked = body.json();
                    asked.entrySet().removeIf(field -> field.getValue().isJsonNull());
                    refuseAbsent(asked);
                    ServedModel model = desk.model(checkpoint(asked));
                    JsonObject request = request(asked, model, fromPicture);
                    try {
                        Job job = desk.submit(model, request, body.bytes(), this::watch);
                        exchange.takesLong();
                        exchange.when(job.end(), ended -> answer(exchange, ended, asked));
                    } catch (QueueFullException e) {
                        throw new CompletionException(e);
                    }
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
            String name = Desk.text(settings, CHECKPOINT, false);
            if (name != null && !name.isBlank()) {
                return withoutHash(name);
            }
        }
        return chosen;
    }

    /** Titles have the hash behind the name, as in {@code fashion [0123456789]}. */
    private static String withoutHash(String title) {
        return title.replaceFirst(" \\[[0-9a-f]+]$", "").strip();
    }

    private static void refuseAbsent(JsonObject asked) {
        for (String field : ABSENT) {
            if (asked.has(field) && isOn(asked.get(field))) {
                throw new HttpException(
                        UNPROCESSABLE, "%s is not supported; leave it out".formatted(field));
            }
        }
        String scheduler = Desk.text(asked, "scheduler", false);
        if (scheduler != null
                && !scheduler.isBlank()
                && !scheduler.toLowerCase(Locale.ROOT).equals(AUTOMATIC)) {
            throw new HttpException(
                    UNPROCESSABLE, "the only scheduler is automatic: the model's own");
        }
    }

    private static boolean isOn(JsonElement value) {
        if (value instanceof JsonPrimitive primitive) {
            return primitive.isString()
                    ? !primitive.getAsString().isBlank() && !primitive.getAsString().equals("None")
                    : primitive.isBoolean()
                            ? primitive.getAsBoolean()
                            : primitive.getAsDouble() != 0;
        }
        return value instanceof JsonArray array
                ? !array.isEmpty()
                : value instanceof JsonObject object && object.size() > 0;
    }

    private static JsonObject request(JsonObject asked, ServedModel model, boolean fromPicture) {
        JsonObject request = new JsonObject();
        Desk.ask(
                model,
                Optional.ofNullable(Desk.text(asked, "prompt", false)).orElse(""),
                negative(asked, model),
                request);
        int count = whole(asked, "batch_size") * whole(asked, "n_iter");
        request.addProperty("count", count);
        if (asked.has("seed")) {
            request.add("seed", asked.get("seed"));
        }
        if (asked.has("steps")) {
            request.add("steps", asked.get("steps"));
        }
        if (asked.has("cfg_scale") && model.config().model().conditioning().guidable()) {
            request.add("guidance", asked.get("cfg_scale"));
        }
        sampler(asked).ifPresent(name -> request.addProperty("sampler", name));
        if (fromPicture) {
            if (!(asked.get("init_images") instanceof JsonArray images) || images.size() != 1) {
                throw new HttpException(
                        UNPROCESSABLE, "init_images should be a list of one picture in base64");
            }
            request.add("init_image", images.get(0));
            if (asked.has("mask")) {
                request.add("mask", asked.get("mask"));
            }
            if (asked.has("denoising_strength")) {
                request.add("strength", asked.get("denoising_strength"));
            }
        }
        return request;
    }

    /** Clients send one always; only a model of texts can use it. */
    private static String negative(JsonObject asked, ServedModel model) {
        String negative = Desk.text(asked, "negative_prompt", false);
        return negative == null || !model.readsTexts() ? "" : negative;
    }

    private static int whole(JsonObject asked, String field) {
        if (!asked.has(field)) {
            return 1;
        }
        try {
            int value = asked.get(field).getAsBigDecimal().intValueExact();
            if (value >= 1 && value <= Short.MAX_VALUE) {
                return value;
            }
        } catch (ArithmeticException
                | NumberFormatException
                | UnsupportedOperationException
                | IllegalStateException e) {
            // the same refusal
        }
        throw new HttpException(UNPROCESSABLE, "%s should be 1 or more".formatted(field));
    }

    private static Optional<String> sampler(JsonObject asked) {
        String name = Desk.text(asked, "sampler_name", false);
        if (name == null || name.isBlank()) {
            name = Desk.text(asked, "sampler_index", false);
        }
        if (name == null || name.isBlank()) {
            return Optional.empty();
        }
        String plain = name.toLowerCase(Locale.ROOT);
        if (plain.equals(AUTOMATIC)) {
            return Optional.empty();
        }
        String own = SAMPLERS.getOrDefault(plain, plain);
        if (Samplers.KINDS.find(own).isEmpty()) {
            throw new HttpException(
                    NOT_FOUND,
                    "Sampler not found; there is %s"
                            .formatted(String.join(", ", Samplers.KINDS.names())));
        }
        return Optional.of(own);
    }

    private static void answer(Exchange exchange, Job job, JsonObject asked) {
        boolean interrupted = job.state() == JobState.CANCELLED;
        if (!interrupted) {
            Desk.requireDone(job);
        }
        JsonArray images = new JsonArray();
        List<String> texts = new ArrayList<>();
        for (JobPicture picture : job.pictures()) {
            String text = text(job, picture);
            texts.add(text);
            images.add(
                    Base64.getEncoder()
                            .encodeToString(PngText.with(picture.png(), "parameters", text)));
        }
        asked.remove("init_images");
        asked.remove("mask");
        JsonObject json = new JsonObject();
        json.add("images", images);
        json.add("parameters", asked);
        json.addProperty("info", information(job, texts, asked, interrupted).toString());
        exchange.answer(OK, json);
    }

    private static JsonObject information(
            Job job, List<String> texts, JsonObject asked, boolean interrupted) {
        JsonObject info = new JsonObject();
        JsonArray seeds = new JsonArray();
        JsonArray prompts = new JsonArray();
        JsonArray infotexts = new JsonArray();
        String prompt = Optional.ofNullable(Desk.text(asked, "prompt", false)).orElse("");
        for (int i = 0; i < job.request().prompts().size(); i++) {
            seeds.add(job.request().seed() + i);
            prompts.add(prompt);
        }
        texts.forEach(infotexts::add);
        info.addProperty("prompt", prompt);
        info.add("all_prompts", prompts);
        info.addProperty(
                "negative_prompt",
                Optional.ofNullable(Desk.text(asked, "negative_prompt", false)).orElse(""));
        info.addProperty("seed", job.request().seed());
        info.add("all_seeds", seeds);
        info.addProperty("width", job.model().pixels().width());
        info.addProperty("height", job.model().pixels().height());
        info.addProperty("sd_model_name", job.model().name());
        info.addProperty("sd_model_hash", hash(job.model()));
        info.add("infotexts", infotexts);
        info.addProperty("version", "ZigMa " + Software.version());
        JsonArray warnings = new JsonArray();
        job.notes().forEach(warnings::add);
        if (isOther(asked, "width", job.model().pixels().width())
                || isOther(asked, "height", job.model().pixels().height())) {
            warnings.add(
                    "%s makes pictures of %s×%s only"
                            .formatted(
                                    job.model().name(),
                                    job.model().pixels().width(),
                                    job.model().pixels().height()));
        }
        String negative = Desk.text(asked, "negative_prompt", false);
        if (negative != null && !negative.isBlank() && !job.model().readsTexts()) {
            warnings.add(
                    "%s is no model of texts; the negative prompt was not used"
                            .formatted(job.model().name()));
        }
        if (interrupted) {
            warnings.add("interrupted: there is no picture");
        }
        info.add("warnings", warnings);
        return info;
    }

    private static boolean isOther(JsonObject asked, String field, int own) {
        return asked.has(field) && !asked.get(field).getAsString().equals(Integer.toString(own));
    }

    /** The text that those clients read settings from. */
    private static String text(Job job, JobPicture picture) {
        Map<String, String> recipe = picture.recipe();
        StringBuilder text =
                new StringBuilder(recipe.getOrDefault("prompt", recipe.getOrDefault("class", "")));
        if (recipe.containsKey("negative_prompt")) {
            text.append("\nNegative prompt: ").append(recipe.get("negative_prompt"));
        }
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("Steps", recipe.getOrDefault("steps", ""));
        fields.put("Sampler", recipe.getOrDefault("sampler", ""));
        fields.put("CFG scale", recipe.getOrDefault("guidance_scale", ""));
        fields.put("Seed", recipe.getOrDefault("seed", ""));
        fields.put(
                "Size",
                "%sx%s".formatted(job.model().pixels().width(), job.model().pixels().height()));
        fields.put("Model hash", hash(job.model()));
        fields.put("Model", job.model().name());
        if (recipe.containsKey("strength")) {
            fields.put("Denoising strength", recipe.get("strength"));
        }
        fields.put("Version", "ZigMa " + Software.version());
        List<String> parts = new ArrayList<>();
        fields.forEach((name, value) -> parts.add(name + ": " + value));
        return text.append('\n').append(String.join(", ", parts)).toString();
    }

    private static String hash(ServedModel model) {
        return model.checkpoint().weightsHash().substring(0, SHORT_HASH);
    }

    private static String title(ServedModel model) {
        return "%s [%s]".formatted(model.name(), hash(model));
    }

    private JsonArray models() {
        JsonArray models = new JsonArray();
        for (ServedModel model : desk.models().all()) {
            JsonObject json = new JsonObject();
            json.addProperty("title", title(model));
            json.addProperty("model_name", model.name());
            json.addProperty("hash", hash(model));
            json.addProperty("sha256", model.checkpoint().weightsHash());
            json.addProperty("filename", model.name());
            json.add("config", JsonNull.INSTANCE);
            models.add(json);
        }
        return models;
    }

    private static JsonArray samplers() {
        JsonArray samplers = new JsonArray();
        for (SamplerKind kind : Samplers.KINDS.all()) {
            JsonArray aliases = new JsonArray();
            SAMPLERS.forEach(
                    (alias, name) -> {
                        if (name.equals(kind.name())) {
                            aliases.add(alias);
                        }
                    });
            JsonObject json = new JsonObject();
            json.addProperty("name", kind.name());
            json.add("aliases", aliases);
            json.add("options", new JsonObject());
            samplers.add(json);
        }
        return samplers;
    }

    private static JsonArray schedulers() {
        JsonObject json = new JsonObject();
        json.addProperty("name", AUTOMATIC);
        json.addProperty("label", "Automatic");
        json.add("aliases", JsonNull.INSTANCE);
        json.addProperty("default_rho", -1);
        json.addProperty("need_inner_model", false);
        JsonArray schedulers = new JsonArray();
        schedulers.add(json);
        return schedulers;
    }

    private JsonObject options() {
        ServedModel model = desk.model(chosen);
        JsonObject json = new JsonObject();
        json.addProperty(CHECKPOINT, title(model));
        json.addProperty("sd_checkpoint_hash", model.checkpoint().weightsHash());
        json.addProperty("samples_format", "png");
        return json;
    }

    private void choose(Exchange exchange) {
        exchange.when(
                exchange.jsonBody(),
                body -> {
                    String name = Desk.text(body.json(), CHECKPOINT, true);
                    if (!body.json().isEmpty()) {
                        throw new HttpException(
                                UNPROCESSABLE,
                                "the only option that can be set is %s".formatted(CHECKPOINT));
                    }
                    if (name != null) {
                        chosen = desk.model(withoutHash(name)).name();
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
