package io.zigma.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.zigma.backbone.zigma.ZigMaConfig;
import io.zigma.base.SampleShape;
import io.zigma.codec.CodecReference;
import io.zigma.condition.ByClass;
import io.zigma.condition.ByText;
import io.zigma.io.CheckpointException;
import io.zigma.io.SafetensorsType;
import io.zigma.pipeline.GeneratedImage;
import io.zigma.pipeline.GenerationRequest;
import io.zigma.pipeline.ImageGenerator;
import io.zigma.pipeline.OutputDifference;
import io.zigma.pipeline.ReferenceOutputs;
import io.zigma.pipeline.ReferenceOutputs.Operations;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints of the first version of the format, which a build of that time wrote. */
class ConfigUpgradeTest {

    private static final Path FIRST =
            Path.of(System.getProperty("zigma.root"))
                    .resolve("zigma-core/src/test/resources/checkpoints/version-1");

    @TempDir private Path folder;

    @BeforeEach
    void copy() throws IOException {
        try (Stream<Path> files = Files.list(FIRST)) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName().toString()));
            }
        }
    }

    @Test
    void aCheckpointOfVersion1StillGivesTheOutputsItWasRecordedWith() throws IOException {
        for (OutputDifference difference :
                ReferenceOutputs.read(CheckpointFolder.open(folder))
                        .recompute(Device.cpu(), Operations.FUSED)) {
            assertThat(difference.largest()).isPositive();
            assertThat(difference.absolute()).isLessThanOrEqualTo(difference.allowed());
        }
    }

    @Test
    void aRecipeOfVersion1StillGivesItsPicture() throws IOException {
        BufferedImage before = ImageIO.read(folder.resolve("cross.png").toFile());
        try (ImageGenerator generator =
                ImageGenerator.load(CheckpointFolder.open(folder), Device.cpu())) {
            GeneratedImage again =
                    generator.generate(GenerationRequest.of("cross").withSeed(3)).get(0);
            for (int y = 0; y < 8; y++) {
                for (int x = 0; x < 8; x++) {
                    int row = y;
                    int column = x;
                    // another processor may round a value over the edge of a level
                    assertThat(again.picture().getRaster().getSample(x, y, 0))
                            .as(() -> "%s, %s".formatted(column, row))
                            .isBetween(
                                    before.getRaster().getSample(x, y, 0) - 1,
                                    before.getRaster().getSample(x, y, 0) + 1);
                }
            }
        }
    }

    @Test
    void everythingThatVersion1SaysIsKept() throws IOException {
        CheckpointConfig config = CheckpointFolder.open(folder).config();

        assertThat(config.model()).isInstanceOf(ZigMaConfig.class);
        assertThat(config.model().sample()).isEqualTo(SampleShape.image(1, 8, 8));
        assertThat(config.model().conditioning()).isEqualTo(new ByClass(2, true));
        assertThat(config.model().signature().timeScale()).isEqualTo(1000);
        assertThat(config.labels()).containsExactly("circle", "cross");
        assertThat(config.codec()).contains(CodecReference.withoutWeights("pixels"));
        assertThat(config.sampling().steps()).isEqualTo(20);
        assertThat(config.training().get("steps_taken").getAsInt()).isEqualTo(2);
        assertThat(config.data().get("images").getAsInt()).isEqualTo(8);
    }

    @Test
    void writtenAgainItIsOfTheNewestVersionAndTheSameModel() throws IOException {
        CheckpointFolder old = CheckpointFolder.open(folder);
        CheckpointFolder written = old.exportTo(folder.resolve("again"), SafetensorsType.F32);

        CheckpointFolder read = CheckpointFolder.open(written.path());
        assertThat(read.config()).isEqualTo(old.config());
        assertThat(Files.readString(written.path().resolve("config.json")))
                .contains("\"version\": 2");
    }

    @Test
    void videosAndTextsOfVersion1AreRead() throws IOException {
        edit(
                model -> {
                    model.addProperty("frames", 3);
                    model.addProperty("temporal_positions", true);
                    model.remove("classes");
                    model.remove("null_class");
                    JsonObject text = new JsonObject();
                    text.addProperty("context_size", 5);
                    text.addProperty("tokens", 7);
                    model.add("text", text);
                    model.addProperty("channels", 4);
                },
                true);

        CheckpointConfig config = CheckpointFolder.open(folder).config();
        assertThat(config.model().sample()).isEqualTo(SampleShape.video(3, 4, 8, 8));
        assertThat(config.model().conditioning()).isEqualTo(new ByText(5, 7));
        assertThat(((ZigMaConfig) config.model()).temporalPositions()).isTrue();
        assertThat(config.codec()).as("latents").isEqualTo(Optional.empty());
    }

    @Test
    void whatWasRefusedInVersion1StillIs() throws IOException {
        edit(model -> model.addProperty("width", 3), false);
        assertThatThrownBy(() -> CheckpointFolder.open(folder))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("unknown fields [backbone.width]");

        edit(
                model -> {
                    model.remove("width");
                    model.addProperty("classes", 3);
                },
                false);
        assertThatThrownBy(() -> CheckpointFolder.open(folder))
                .hasMessageContaining("the model has 3 classes but there are 2 labels");
    }

    private interface Edit {
        void of(JsonObject model);
    }

    private void edit(Edit edit, boolean withoutLabels) throws IOException {
        Path file = folder.resolve(CheckpointFolder.CONFIG);
        JsonObject json = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        edit.of(json.getAsJsonObject("model"));
        if (withoutLabels) {
            json.add("labels", new JsonArray());
        }
        Files.writeString(file, json.toString());
    }
}
