package io.zigma.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import io.zigma.backbone.zigma.TinyModels;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.checkpoint.TinyCheckpoints;
import io.zigma.condition.ByText;
import io.zigma.condition.InvalidRequestException;
import io.zigma.pipeline.GeneratedImage;
import io.zigma.pipeline.GenerationRequest;
import io.zigma.pipeline.ImageGenerator;
import io.zigma.pipeline.LoadOptions;
import io.zigma.pipeline.TextEncoderSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A user's text encoder, found by its hash beside the model that was trained with it. */
class EncoderBesideModelTest {

    private static final GenerationRequest REQUEST =
            GenerationRequest.ofText("a red apple").withSeed(3).withSampler("heun", 2);

    @TempDir Path folder;

    @Test
    void aModelFindsItsEncoderBesideItself() throws IOException {
        Path elsewhere = EncoderFolders.bert(folder.resolve("elsewhere").resolve("words"));
        Path models = Files.createDirectories(folder.resolve("models"));
        CheckpointFolder model =
                TinyCheckpoints.writeOfPrompts(
                        Files.createDirectory(models.resolve("apples")),
                        TinyModels.BY_PROMPT.withConditioning(new ByText(16, 8)),
                        EncoderFolder.read(elsewhere).reference(),
                        List.of());

        assertThatThrownBy(() -> generate(model, TextEncoderSource.NAMED))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("which is not here");
        int[] named = generate(model, TextEncoderSource.at(elsewhere.toString()));

        Files.move(elsewhere, models.resolve("words"));
        assertThat(generate(model, TextEncoderSource.NAMED)).isEqualTo(named);
    }

    private static int[] generate(CheckpointFolder model, TextEncoderSource source)
            throws IOException {
        try (ImageGenerator generator =
                ImageGenerator.load(
                        model, Device.cpu(), LoadOptions.DEFAULT.withTextEncoder(source))) {
            GeneratedImage image = generator.generate(REQUEST).get(0);
            return image.picture().getData().getSamples(0, 0, 6, 4, 0, (int[]) null);
        }
    }
}
