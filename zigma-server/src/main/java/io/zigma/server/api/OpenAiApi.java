package io.zigma.server.api;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.zigma.server.http.Exchange;
import io.zigma.server.http.HttpException;
import io.zigma.server.http.Routes;
import io.zigma.server.job.Job;
import io.zigma.server.job.JobPicture;
import io.zigma.server.job.ServedModel;
import java.math.BigDecimal;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code /v1} as OpenAI's clients use it: images and models. {@code seed}, {@code steps}, {@code
 * sampler}, {@code sampler_options}, {@code guidance} and {@code strength} of this project's own
 * form are taken, too. A model of classes takes the name of a class as the prompt.
 */
public final class OpenAiApi {

    private static final int OK = 200;
    private static final int BAD_REQUEST = 400;

    private static final String FORMAT = "response_format";
    private static final String URL = "url";
    private static final Pattern SIZE = Pattern.compile("(\\d{1,5})x(\\d{1,5})");

    /** These are of OpenAI's models and mean nothing to others. */
    private static final List<String> IGNORED =
            List.of(
                    "quality",
                    "style",
                    "user",
                    "background",
                    "moderation",
                    "output_compression",
                    "input_fidelity");

    private static final List<String> OWN =
            List.of("seed", "steps", "sampler", "sampler_options", "guidance");
    private static final Set<String> NUMBERS = Set.of("n", "seed", "steps", "guidance", "strength");
    private static final Set<String> PICTURES = Set.of("image", "image[]", "mask");
    private static final Set<String> KNOWN =
            Set.of("model", "prompt", "n", "size", FORMAT, "output_format", "stream");

    private final Desk desk;

    /**
     * Opens the interface.
     *
     * @param desk where requests go
     */
    public OpenAiApi(Desk desk) {
        this.desk = desk;
    }

    /**
     * Adds its routes.
     *
     * @param routes where to
     */
    public void addTo(Routes routes) {
        routes.on("GET", "/v1/models", exchange -> exchange.answer(OK, models()))
                .on(
                        "GET",
                        "/v1/models/{name}",
                        exchange -> exchange.answer(OK, model(desk.model(exchange.value("name")))))
                .on("POST", "/v1/images/generations", this::generate)
                .on("POST", "/v1/images/edits", this::edit);
    }

    private JsonObject models() {
        JsonArray data = new JsonArray();
        desk.models().all().forEach(model -> data.add(model(model)));
        JsonObject json = new JsonObject();
        json.addProperty("object", "list");
        json.add("data", data);
        return json;
    }

    private static JsonObject model(ServedModel model) {
        JsonObject json = new JsonObject();
        json.addProperty("id", model.name());
        json.addProperty("object", "model");
        json.addProperty("created", 0);
        json.addProperty("owned_by", "zigma");
        return json;
    }

    private void generate(Exchange exchange) {
        exchange.when(
                exchange.jsonBody(), body -> make(exchange, body.json(), null, null, body.bytes()));
    }

    private void edit(Exchange exchange) {
        String type = exchange.header("Content-Type").orElse("");
        exchange.when(
                exchange.body(),
                bytes -> {
                    FormFields form = FormFields.parse(type, bytes);
                    byte[] image =
                            form.bytes("image")
                                    .or(() -> form.bytes("image[]"))
                                    .orElseThrow(
                                            () ->
                                                    new HttpException(
                                                            BAD_REQUEST,
                                                            "an edit needs a picture: the file image"));
                    make(exchange, request(form), image, mask(form, image), bytes.length);
                });
    }

    /** Where to paint: what is transparent in the mask, or else in the picture itself. */
    private static byte @Nullable [] mask(FormFields form, byte[] image) {
        if (form.bytes("mask").isPresent()) {
            return Transparency.mask("the mask", form.bytes("mask").get())
                    .orElseThrow(
                            () ->
                                    new HttpException(
                                            BAD_REQUEST,
                                            "nothing in the mask is transparent; what is transparent is painted"));
        }
        boolean png = image.length > 1 && image[1] == 'P';
        return png ? Transparency.mask("the picture", image).orElse(null) : null;
    }

    /** The texts of a form as JSON. */
    private static JsonObject request(FormFields form) {
        JsonObject json = new JsonObject();
        for (String field : form.names()) {
            if (!PICTURES.contains(field)) {
                String text = form.text(field).orElseThrow();
                json.add(
                        field,
                        NUMBERS.contains(field) ? number(field, text) : new JsonPrimitive(text));
            }
        }
        return json;
    }

    private static JsonPrimitive number(String field, String text) {
        try {
            if (text.length() <= 40) {
                return new JsonPrimitive(new BigDecimal(text.strip()));
            }
        } catch (NumberFormatException e) {
            // the same refusal
        }
        throw new HttpException(BAD_REQUEST, "%s should be a number".formatted(field));
    }

    private void make(
            Exchange exchange,
            JsonObject asked,
            byte @Nullable [] image,
            byte @Nullable [] mask,
            long bytes) {
        requireKnown(asked, image != null);
        ServedModel model = desk.model(Desk.text(asked, "model", false));
        JsonObject request = new JsonObject();
        String prompt = Desk.text(asked, "prompt", false);
        if (prompt == null) {
            throw new HttpException(BAD_REQUEST, "a request needs a prompt");
        }
        Desk.ask(model, prompt, "", request);
        if (asked.has("n")) {
            request.add("count", asked.get("n"));
        }
        OWN.stream().filter(asked::has).forEach(field -> request.add(field, asked.get(field)));
        size(asked, request);
        if (image != null) {
            request.addProperty("init_image", Base64.getEncoder().encodeToString(image));
            if (mask != null) {
                request.addProperty("mask", Base64.getEncoder().encodeToString(mask));
            }
            if (asked.has("strength")) {
                request.add("strength", asked.get("strength"));
            }
        }
        boolean links = format(asked);
        Job job = desk.submit(model, request, bytes, made -> {});
        exchange.takesLong();
        exchange.whenGone(() -> desk.queue().cancel(job));
        exchange.when(job.end(), ended -> answer(exchange, ended, links));
    }

    private static void requireKnown(JsonObject asked, boolean edits) {
        asked.entrySet().removeIf(field -> field.getValue().isJsonNull());
        Set<String> strangers = new TreeSet<>(asked.keySet());
        strangers.removeAll(KNOWN);
        strangers.removeAll(OWN);
        strangers.removeAll(IGNORED);
        if (edits) {
            strangers.remove("strength");
        }
        if (!strangers.isEmpty()) {
            throw new HttpException(
                    BAD_REQUEST,
                    "there is no field %s here".formatted(String.join(", ", strangers)));
        }
        if (asked.has("stream")
                && !asked.get("stream").toString().replace("\"", "").equals("false")) {
            throw new HttpException(
                    BAD_REQUEST,
                    "pictures are not streamed here; /api/v1/jobs/ID/events shows how they come about");
        }
        String format = Desk.text(asked, "output_format", false);
        if (format != null && !format.equals("png")) {
            throw new HttpException(BAD_REQUEST, "pictures are PNG files here, not " + format);
        }
    }

    private static void size(JsonObject asked, JsonObject request) {
        String size = Desk.text(asked, "size", false);
        if (size == null || size.equals("auto")) {
            return;
        }
        Matcher matcher = SIZE.matcher(size);
        if (!matcher.matches()) {
            throw new HttpException(
                    BAD_REQUEST, "size should be WIDTHxHEIGHT, or auto for the model's own");
        }
        request.addProperty("width", Integer.valueOf(matcher.group(1)));
        request.addProperty("height", Integer.valueOf(matcher.group(2)));
    }

    /** Returns whether links are wanted in place of the pictures themselves. */
    private static boolean format(JsonObject asked) {
        String format = Desk.text(asked, FORMAT, false);
        if (format != null && !format.equals(URL) && !format.equals("b64_json")) {
            throw new HttpException(BAD_REQUEST, "response_format is b64_json or url");
        }
        return URL.equals(format);
    }

    private static void answer(Exchange exchange, Job job, boolean links) {
        Desk.requireDone(job);
        JsonArray data = new JsonArray();
        List<JobPicture> pictures = job.pictures();
        for (int i = 0; i < pictures.size(); i++) {
            JsonObject entry = new JsonObject();
            if (links) {
                entry.addProperty(
                        URL, exchange.origin() + JobJson.path(job) + "/images/" + i + ".png");
            } else {
                entry.addProperty(
                        "b64_json", Base64.getEncoder().encodeToString(pictures.get(i).png()));
            }
            data.add(entry);
        }
        JsonObject json = new JsonObject();
        json.addProperty("created", job.created().getEpochSecond());
        json.add("data", data);
        if (!job.notes().isEmpty()) {
            JsonArray notes = new JsonArray();
            job.notes().forEach(notes::add);
            json.add("warnings", notes);
        }
        exchange.answer(OK, json);
    }
}
