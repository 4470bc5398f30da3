package io.zigma.zoo;

import ai.djl.modality.Input;
import ai.djl.modality.Output;
import ai.djl.ndarray.BytesSupplier;
import ai.djl.translate.TranslateException;
import ai.djl.translate.TranslatorContext;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.zigma.condition.InvalidRequestException;
import io.zigma.media.ImageGrid;
import io.zigma.media.PngFile;
import io.zigma.pipeline.GeneratedImage;
import io.zigma.pipeline.GenerationListener;
import io.zigma.pipeline.GenerationRequest;
import io.zigma.pipeline.GenerationResult;
import io.zigma.pipeline.JsonRequest;
import io.zigma.pipeline.Recipe;
import io.zigma.pipeline.RequestDefaults;
import io.zigma.pipeline.RequestLimits;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;

/**
 * HTTP requests as DJL Serving passes them: JSON in ({@link JsonRequest}), and what the {@code
 * Accept} header prefers out ({@link Accept}), a PNG file ({@code image/png}; several pictures in a
 * grid) or JSON with a base64 PNG file and its recipe for every picture.
 *
 * <p>What is worth knowing of prompts is in the JSON as a list {@code warnings}, where there is
 * any.
 *
 * <p>A request that cannot be served is answered with status 400 and a JSON object whose {@code
 * message} says what is allowed. A client that has disconnected cancels the generation.
 */
final class ServingTranslator extends SamplingTranslator<Input, Output> {

    private static final String ACCEPT = "Accept";
    private static final String CONTENT_TYPE = "Content-Type";
    private static final String PNG = "image/png";
    private static final String JSON = "application/json";
    private static final int BAD_REQUEST = 400;

    private final LoadedCheckpoint checkpoint;
    private final RequestDefaults defaults;
    private final RequestLimits limits;

    ServingTranslator(LoadedCheckpoint checkpoint, RequestDefaults defaults, RequestLimits limits) {
        this.checkpoint = checkpoint;
        this.defaults = defaults;
        this.limits = limits;
    }

    @Override
    Output answer(TranslatorContext context, Input input) throws TranslateException {
        try {
            List<String> notes = new ArrayList<>();
            GenerationRequest request =
                    JsonRequest.parse(body(input), defaults, limits)
                            .withListener(
                                    new GenerationListener() {
                                        @Override
                                        public void progress(int done, int total) {
                                            requireWanted(input);
                                        }

                                        @Override
                                        public void noticed(String note) {
                                            notes.add(note);
                                        }
                                    });
            limits.requireWindows(request, checkpoint.config().model().sample());
            GenerationResult result = checkpoint.generate(context, request);
            return wantsPng(input) ? png(result) : json(result, notes);
        } catch (InvalidRequestException e) {
            return refusal(e);
        } catch (RequestRefusedException e) {
            return refusal(e);
        }
    }

    private static String body(Input input) {
        BytesSupplier data = input.getData();
        return data == null ? "" : new String(data.getAsBytes(), StandardCharsets.UTF_8);
    }

    private static void requireWanted(Input input) {
        if (input.isCancelled()) {
            throw new CancellationException("the client has gone away");
        }
    }

    private static boolean wantsPng(Input input) {
        return Accept.parse(input.getProperty(ACCEPT, "")).prefers(PNG, JSON);
    }

    private static Output png(GenerationResult result) {
        Map<String, String> fields = Recipe.together(result.images());
        Output output = new Output();
        output.addProperty(CONTENT_TYPE, PNG);
        output.add(PngFile.bytes(ImageGrid.of(result.pictures()), fields));
        return output;
    }

    private static Output json(GenerationResult result, List<String> notes) {
        JsonArray images = new JsonArray();
        for (GeneratedImage image : result.images()) {
            Map<String, String> fields = image.recipe().fields();
            JsonObject recipe = new JsonObject();
            fields.forEach(recipe::addProperty);
            JsonObject entry = new JsonObject();
            entry.addProperty(
                    "png",
                    Base64.getEncoder().encodeToString(PngFile.bytes(image.picture(), fields)));
            if (image.frames().size() > 1) {
                entry.addProperty("apng", Base64.getEncoder().encodeToString(image.video()));
            }
            entry.add("recipe", recipe);
            images.add(entry);
        }
        JsonObject body = new JsonObject();
        body.add("images", images);
        if (!notes.isEmpty()) {
            JsonArray warnings = new JsonArray();
            notes.forEach(warnings::add);
            body.add("warnings", warnings);
        }
        return withBody(new Output(), body);
    }

    /** The form of DJL Serving's own error messages. */
    private static Output refusal(Exception reason) {
        JsonObject body = new JsonObject();
        body.addProperty("code", BAD_REQUEST);
        body.addProperty("type", "BadRequestException");
        body.addProperty("message", reason.getMessage());
        return withBody(new Output(BAD_REQUEST, "Bad Request"), body);
    }

    private static Output withBody(Output output, JsonObject body) {
        output.addProperty(CONTENT_TYPE, JSON);
        output.add(body.toString());
        return output;
    }
}
