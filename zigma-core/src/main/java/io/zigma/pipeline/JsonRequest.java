package io.zigma.pipeline;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.zigma.condition.InvalidRequestException;
import io.zigma.condition.Prompt;
import io.zigma.pipeline.GuidanceChoice.Interval;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A request as JSON, such as {@code {"class": "sneaker", "count": 4, "seed": 7}}, or {@code
 * {"prompt": "a blue crab", "negative_prompt": "red"}} of a text model. Every field may be left
 * out, or be {@code null}, which is the same; an unknown one is refused, for it would have been
 * ignored. {@code init_image} and {@code mask} are picture files in base64, also as data URLs, and
 * {@code init_clip} is a clip.
 */
public final class JsonRequest {

    private static final String PROMPT = "prompt";
    private static final String NEGATIVE_PROMPT = "negative_prompt";
    private static final String CLASS = "class";
    private static final String CLASSES = "classes";
    private static final String COUNT = "count";
    private static final String SEED = "seed";
    private static final String SAMPLER = "sampler";
    private static final String STEPS = "steps";
    private static final String SAMPLER_OPTIONS = "sampler_options";
    private static final String GUIDANCE = "guidance";
    private static final String GUIDANCE_INTERVAL = "guidance_interval";
    private static final String GUIDANCE_CHANNELS = "guidance_channels";
    private static final String WIDTH = "width";
    private static final String HEIGHT = "height";
    private static final String INIT_IMAGE = "init_image";
    private static final String STRENGTH = "strength";
    private static final String MASK = "mask";
    private static final String EXTEND = "extend";
    private static final String OVERLAP = "overlap";
    private static final String INIT_CLIP = "init_clip";
    private static final String INIT_FPS = "init_fps";

    private static final List<String> FIELDS =
            List.of(
                    PROMPT,
                    NEGATIVE_PROMPT,
                    CLASS,
                    CLASSES,
                    COUNT,
                    SEED,
                    SAMPLER,
                    STEPS,
                    SAMPLER_OPTIONS,
                    GUIDANCE,
                    GUIDANCE_INTERVAL,
                    GUIDANCE_CHANNELS,
                    WIDTH,
                    HEIGHT,
                    INIT_IMAGE,
                    STRENGTH,
                    MASK,
                    EXTEND,
                    OVERLAP,
                    INIT_CLIP,
                    INIT_FPS);

    private final JsonObject json;

    private JsonRequest(JsonObject json) {
        this.json = json;
    }

    /**
     * Reads a request.
     *
     * @param text a JSON object
     * @param defaults for fields that are left out
     * @param limits of a request
     * @return the request
     * @throws InvalidRequestException if it is none, or not possible; the message says what can
     */
    public static GenerationRequest parse(
            String text, RequestDefaults defaults, RequestLimits limits) {
        return of(object(text), defaults, limits);
    }

    /**
     * Reads a request that has been parsed.
     *
     * @param request its fields; not changed
     * @param defaults for fields that are left out
     * @param limits of a request
     * @return the request
     * @throws InvalidRequestException if it is not possible; the message says what can
     */
    public static GenerationRequest of(
            JsonObject request, RequestDefaults defaults, RequestLimits limits) {
        JsonObject json = new JsonObject();
        request.entrySet().stream()
                .filter(field -> !field.getValue().isJsonNull())
                .forEach(field -> json.add(field.getKey(), field.getValue()));
        return new JsonRequest(json).request(defaults, limits);
    }

    private static JsonObject object(String text) {
        try {
            if (JsonParser.parseString(text) instanceof JsonObject object) {
                return object;
            }
        } catch (JsonParseException | StackOverflowError e) {
            throw new InvalidRequestException("the request is not valid JSON", e);
        }
        throw new InvalidRequestException(
                "send a JSON object such as {\"class\": \"NAME\", \"count\": 1}; it may have "
                        + String.join(", ", FIELDS));
    }

    private GenerationRequest request(RequestDefaults defaults, RequestLimits limits) {
        Set<String> strangers = new TreeSet<>(json.keySet());
        strangers.removeAll(FIELDS);
        if (!strangers.isEmpty()) {
            throw new InvalidRequestException(
                    "there is no field %s; a request may have %s"
                            .formatted(String.join(", ", strangers), String.join(", ", FIELDS)));
        }
        GenerationRequest request =
                defaults.applyTo(GenerationRequest.any()).withPrompts(subjects(limits));
        if (json.has(COUNT)) {
            int count = within(COUNT, limits.maxCount());
            if (json.has(PROMPT)) {
                requireWithin(COUNT, count, limits.maxCount() / request.prompts().size());
                request = request.withEach(count);
            } else {
                request = request.withCount(count);
            }
        }
        if (json.has(SEED)) {
            request =
                    request.withSeed(
                            GenerationRequest.seedOf(whole(SEED, BigDecimal::longValueExact)));
        }
        request = request.withSampler(defaults.sampler().changedBy(sampler(limits)));
        if (json.has(GUIDANCE)) {
            request = request.withGuidanceScale(number(GUIDANCE).doubleValue());
        }
        if (json.has(GUIDANCE_INTERVAL)) {
            request = request.withGuidance(request.guidance().withInterval(interval()));
        }
        if (json.has(GUIDANCE_CHANNELS)) {
            int channels = whole(GUIDANCE_CHANNELS, BigDecimal::intValueExact);
            request = request.withGuidance(request.guidance().withChannels(channels));
        }
        if (json.has(WIDTH) || json.has(HEIGHT)) {
            if (!json.has(WIDTH) || !json.has(HEIGHT)) {
                throw new InvalidRequestException("a size needs both width and height, or neither");
            }
            request =
                    request.withSize(
                            whole(HEIGHT, BigDecimal::intValueExact),
                            whole(WIDTH, BigDecimal::intValueExact));
        }
        return edited(extended(request));
    }

    /** Adds by how much videos go on, and the clip that they go on from. */
    private GenerationRequest extended(GenerationRequest request) {
        if (!json.has(EXTEND)) {
            for (String field : List.of(OVERLAP, INIT_CLIP, INIT_FPS)) {
                requireBeside(field, EXTEND);
            }
            return request;
        }
        Extension extension =
                new Extension(
                        whole(EXTEND, BigDecimal::intValueExact),
                        json.has(OVERLAP) ? within(OVERLAP, Extension.MOST_FRAMES) : 0);
        if (!json.has(INIT_CLIP)) {
            requireBeside(INIT_FPS, INIT_CLIP);
            return request.withExtension(extension);
        }
        SourceClip clip = SourceClip.of(INIT_CLIP, file(INIT_CLIP)).ofAStranger();
        return request.withExtension(
                extension.from(
                        json.has(INIT_FPS) ? clip.at(number(INIT_FPS).doubleValue()) : clip));
    }

    private void requireBeside(String field, String needed) {
        if (json.has(field)) {
            throw new InvalidRequestException("%s goes with %s; add it".formatted(field, needed));
        }
    }

    /** Adds the picture to start from. */
    private GenerationRequest edited(GenerationRequest request) {
        if (!json.has(INIT_IMAGE)) {
            for (String field : List.of(STRENGTH, MASK)) {
                requireBeside(field, INIT_IMAGE);
            }
            return request;
        }
        SourcePicture source = picture(INIT_IMAGE);
        Edit edit =
                json.has(MASK)
                        ? Edit.inpainting(source, picture(MASK))
                        : Edit.of(source, Edit.STRENGTH);
        return request.withEdit(
                json.has(STRENGTH) ? edit.withStrength(number(STRENGTH).doubleValue()) : edit);
    }

    private SourcePicture picture(String field) {
        return SourcePicture.of(field, file(field));
    }

    private byte[] file(String field) {
        String base64 = text(field).replaceFirst("^data:[^,]*;base64,", "");
        try {
            return Base64.getMimeDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new InvalidRequestException(
                    "%s should be a %s file in base64"
                            .formatted(field, field.equals(INIT_CLIP) ? "clip" : "picture"),
                    e);
        }
    }

    private List<Prompt> subjects(RequestLimits limits) {
        if (json.has(PROMPT)) {
            return texts(limits);
        }
        if (json.has(NEGATIVE_PROMPT)) {
            throw new InvalidRequestException(
                    "%s goes with %s; add it".formatted(NEGATIVE_PROMPT, PROMPT));
        }
        if (!json.has(CLASSES)) {
            return List.of(json.has(CLASS) ? subject(CLASS, json.get(CLASS)) : Prompt.any());
        }
        if (json.has(CLASS)) {
            throw new InvalidRequestException(
                    "give either class, for all pictures, or classes, one a picture");
        }
        if (!(json.get(CLASSES) instanceof JsonArray array) || array.isEmpty()) {
            throw new InvalidRequestException(
                    "classes should be a list such as [0, 1, 2], not " + json.get(CLASSES));
        }
        requireWithin(CLASSES, array.size(), limits.maxCount());
        List<Prompt> subjects = new ArrayList<>();
        array.forEach(element -> subjects.add(subject(CLASSES, element)));
        return subjects;
    }

    /** One prompt, or several in a list, each for as many pictures as the count says. */
    private List<Prompt> texts(RequestLimits limits) {
        if (json.has(CLASS) || json.has(CLASSES)) {
            throw new InvalidRequestException(
                    "a model follows a class or a text; give either prompt, or class or classes");
        }
        List<Prompt> texts = new ArrayList<>();
        if (json.get(PROMPT) instanceof JsonArray array) {
            if (array.isEmpty()) {
                throw new InvalidRequestException(
                        "%s is an empty list; give at least one text".formatted(PROMPT));
            }
            requireWithin(PROMPT, array.size(), limits.maxCount());
            array.forEach(element -> texts.add(Prompt.ofText(text(PROMPT, element))));
        } else {
            texts.add(Prompt.ofText(text(PROMPT)));
        }
        if (!json.has(NEGATIVE_PROMPT)) {
            return texts;
        }
        String negative = text(NEGATIVE_PROMPT);
        return texts.stream().map(text -> text.withNegativeText(negative)).toList();
    }

    private static Prompt subject(String field, JsonElement value) {
        if (value.isJsonNull()) {
            return Prompt.any();
        }
        if (value instanceof JsonPrimitive primitive && primitive.isString()) {
            return Prompt.ofClass(primitive.getAsString());
        }
        int number = whole(field, value, BigDecimal::intValueExact);
        // where names are numbers 3 is the class "3", at any position in the list
        return number < 0 ? Prompt.ofClass(number) : Prompt.ofClass(Integer.toString(number));
    }

    private SamplerChoice.Named sampler(RequestLimits limits) {
        return new SamplerChoice.Named(
                json.has(SAMPLER) ? text(SAMPLER) : null,
                json.has(STEPS) ? Integer.valueOf(within(STEPS, limits.maxSteps())) : null,
                samplerOptions());
    }

    private Map<String, String> samplerOptions() {
        if (!json.has(SAMPLER_OPTIONS)) {
            return Map.of();
        }
        if (json.get(SAMPLER_OPTIONS) instanceof JsonObject object
                && object.asMap().values().stream().allMatch(JsonElement::isJsonPrimitive)) {
            Map<String, String> options = new LinkedHashMap<>();
            object.asMap().forEach((name, value) -> options.put(name, value.getAsString()));
            return options;
        }
        throw new InvalidRequestException(
                "%s should be an object such as {\"eta\": 0.5}, not %s"
                        .formatted(SAMPLER_OPTIONS, json.get(SAMPLER_OPTIONS)));
    }

    private Interval interval() {
        if (json.get(GUIDANCE_INTERVAL) instanceof JsonArray times && times.size() == 2) {
            return new Interval(
                    number(GUIDANCE_INTERVAL, times.get(0)).doubleValue(),
                    number(GUIDANCE_INTERVAL, times.get(1)).doubleValue());
        }
        throw new InvalidRequestException(
                "%s should be two times such as [0.3, 0.7], not %s"
                        .formatted(GUIDANCE_INTERVAL, json.get(GUIDANCE_INTERVAL)));
    }

    private String text(String field) {
        return text(field, json.get(field));
    }

    private static String text(String field, @Nullable JsonElement value) {
        if (value instanceof JsonPrimitive primitive && primitive.isString()) {
            return primitive.getAsString();
        }
        throw new InvalidRequestException("%s should be a text, not %s".formatted(field, value));
    }

    private int within(String field, int most) {
        int value = whole(field, BigDecimal::intValueExact);
        requireWithin(field, value, most);
        return value;
    }

    private static void requireWithin(String field, int value, int most) {
        if (value < 1 || value > most) {
            throw new InvalidRequestException(
                    "%s may be 1 to %s here, not %s".formatted(field, most, value));
        }
    }

    private <T> T whole(String field, Function<BigDecimal, T> type) {
        return whole(field, json.get(field), type);
    }

    private static <T> T whole(
            String field, @Nullable JsonElement value, Function<BigDecimal, T> type) {
        try {
            return type.apply(number(field, value));
        } catch (ArithmeticException e) {
            throw new InvalidRequestException(
                    "%s should be a whole number, not %s".formatted(field, value), e);
        }
    }

    private BigDecimal number(String field) {
        return number(field, json.get(field));
    }

    private static BigDecimal number(String field, @Nullable JsonElement value) {
        if (value instanceof JsonPrimitive primitive && primitive.isNumber()) {
            try {
                return primitive.getAsBigDecimal();
            } catch (NumberFormatException e) {
                throw notANumber(field, value, e);
            }
        }
        throw notANumber(field, value, null);
    }

    private static InvalidRequestException notANumber(
            String field, @Nullable JsonElement value, @Nullable Exception cause) {
        String message = "%s should be a number, not %s".formatted(field, value);
        return cause == null
                ? new InvalidRequestException(message)
                : new InvalidRequestException(message, cause);
    }
}
