package io.zigma.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.inference.Predictor;
import ai.djl.modality.Input;
import ai.djl.modality.Output;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.zigma.backbone.zigma.TinyModels;
import io.zigma.checkpoint.TinyCheckpoints;
import io.zigma.media.PngFile;
import io.zigma.pipeline.GeneratedImage;
import io.zigma.pipeline.GenerationRequest;
import io.zigma.pipeline.GenerationResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What DJL Serving answers of a model of videos, of three frames of 4 × 6. */
class ServingVideoTest {

    @TempDir Path folder;

    @Test
    void aVideoIsAFileThatPlaysBesideItsFramesInAGrid() throws Exception {
        TinyCheckpoints.write(folder, TinyModels.VIDEO, 7);
        GeneratedImage wanted = made(GenerationRequest.any().withSeed(5).withSteps(3));
        Criteria<Input, Output> criteria =
                Criteria.builder().setTypes(Input.class, Output.class).optModelPath(folder).build();
        try (ZooModel<Input, Output> model = criteria.loadModel();
                Predictor<Input, Output> predictor = model.newPredictor()) {
            JsonObject first = answer(predictor, "{\"seed\": 5, \"steps\": 3}");
            byte[] apng = bytes(first, "apng");
            assertThat(apng).isEqualTo(wanted.video());
            assertThat(bytes(first, "png"))
                    .isEqualTo(PngFile.bytes(wanted.picture(), wanted.recipe().fields()));

            String goingOn =
                    "{\"seed\": 8, \"steps\": 3, \"extend\": 2, \"overlap\": 1, \"init_clip\": \"%s\"}";
            JsonObject longer =
                    answer(predictor, goingOn.formatted(Base64.getEncoder().encodeToString(apng)));
            assertThat(longer.getAsJsonObject("recipe").get("extend").getAsString()).isEqualTo("2");
            assertThat(longer.getAsJsonObject("recipe").has("clip_sha256")).isTrue();
            assertThat(bytes(longer, "apng")).isNotEqualTo(apng);
        }
    }

    private static byte[] bytes(JsonObject image, String name) {
        return Base64.getDecoder().decode(image.get(name).getAsString());
    }

    private static JsonObject answer(Predictor<Input, Output> predictor, String json)
            throws Exception {
        Input input = new Input();
        input.addProperty("Content-Type", "application/json");
        input.add("data", json);
        Output output = predictor.predict(input);
        String body = new String(output.getData().getAsBytes(), StandardCharsets.UTF_8);
        assertThat(output.getCode()).as(body).isEqualTo(200);
        return JsonParser.parseString(body)
                .getAsJsonObject()
                .getAsJsonArray("images")
                .get(0)
                .getAsJsonObject();
    }

    private GeneratedImage made(GenerationRequest request) throws Exception {
        Criteria<GenerationRequest, GenerationResult> criteria =
                Pictures.criteria().optModelPath(folder).build();
        try (ZooModel<GenerationRequest, GenerationResult> model = criteria.loadModel();
                Predictor<GenerationRequest, GenerationResult> direct = model.newPredictor()) {
            return direct.predict(request).images().get(0);
        }
    }
}
