package io.zigma.server.api;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.zigma.sampler.Samplers;
import io.zigma.server.http.HttpException;
import io.zigma.server.job.ServedModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads what clients of AUTOMATIC1111 ask for into this project's own form. */
final class WebuiRequest {

    static final String AUTOMATIC = "automatic";

    private static final int UNPROCESSABLE = 422;
    private static final int NOT_FOUND = 404;

    /** The names that those clients send, where one of ours is the same method. */
    static final Map<String, String> SAMPLERS =
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

    /** What is followed, or refused above, or answered with a warning of its own. */
    private static final Set<String> FOLLOWED =
            Set.of(
                    "prompt",
                    "negative_prompt",
                    "batch_size",
                    "n_iter",
                    "seed",
                    "steps",
                    "cfg_scale",
                    "sampler_name",
                    "sampler_index",
                    "scheduler",
                    "width",
                    "height",
                    "init_images",
                    "mask",
                    "denoising_strength",
                    "override_settings");

    /** What changes no picture here, and none there where these are alone. */
    private static final Set<String> HARMLESS =
            Set.of(
                    "save_images",
                    "do_not_save_samples",
                    "do_not_save_grid",
                    "override_settings_restore_afterwards",
                    "include_init_images",
                    "force_task_id",
                    "script_args",
                    "hr_scale",
                    "hr_upscaler",
                    "hr_second_pass_steps",
                    "hr_resize_x",
                    "hr_resize_y",
                    "firstphase_width",
                    "firstphase_height",
                    "subseed",
                    "refiner_switch_at",
                    "use_deprecated_controlnet");

    /** What changes pictures there unless it has the value that clients send by default. */
    private static final Map<String, Set<String>> DEFAULTS =
            Map.ofEntries(
                    Map.entry("send_images", Set.of("true")),
                    Map.entry("eta", Set.of("0", "1")),
                    Map.entry("s_min_uncond", Set.of("0")),
                    Map.entry("s_churn", Set.of("0")),
                    Map.entry("s_tmin", Set.of("0")),
                    Map.entry("s_tmax", Set.of("0")),
                    Map.entry("s_noise", Set.of("1")),
                    Map.entry("seed_resize_from_h", Set.of("0", "-1")),
                    Map.entry("seed_resize_from_w", Set.of("0", "-1")),
                    Map.entry("resize_mode", Set.of("0")),
                    Map.entry("image_cfg_scale", Set.of("1.5")),
                    Map.entry("mask_blur", Set.of("0", "4")),
                    Map.entry("inpainting_fill", Set.of("0")),
                    Map.entry("inpaint_full_res", Set.of("false", "true")),
                    Map.entry("inpaint_full_res_padding", Set.of("0")),
                    Map.entry("initial_noise_multiplier", Set.of("1")));

    private WebuiRequest() {}

    /**
     * Returns the fields, by name, that the picture would look otherwise with if they were used.
     */
    static List<String> unused(JsonObject asked) {
        List<String> unused = new ArrayList<>();
        for (Map.Entry<String, JsonElement> field : asked.entrySet()) {
            String name = field.getKey();
            if (!FOLLOWED.contains(name)
                    && !HARMLESS.contains(name)
                    && !ABSENT.contains(name)
                    && !isDefault(name, field.getValue())) {
                unused.add(name);
            }
        }
        if (asked.get("override_settings") instanceof JsonObject settings) {
            settings.keySet().stream()
                    .filter(name -> !name.equals(WebuiCatalog.CHECKPOINT))
                    .forEach(name -> unused.add("override_settings." + name));
        }
        return unused;
    }

    private static boolean isDefault(String name, JsonElement value) {
        Set<String> usual = DEFAULTS.getOrDefault(name, Set.of());
        if (!(value instanceof JsonPrimitive primitive)) {
            return !isOn(value); // an empty list changes nothing
        }
        String text = primitive.getAsString();
        return usual.contains(text) || usual.contains(text.replaceFirst("\\.0+$", ""));
    }

    static void refuseAbsent(JsonObject asked) {
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
                : value instanceof JsonObject object
                        // clients send scripts with empty lists of arguments
                        && object.asMap().values().stream().anyMatch(WebuiRequest::isOn);
    }

    static JsonObject of(JsonObject asked, ServedModel model, boolean fromPicture) {
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
}
