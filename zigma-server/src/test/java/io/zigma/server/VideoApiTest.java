package io.zigma.server;

import static io.zigma.server.ServerOfTest.text;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import com.google.gson.JsonObject;
import io.zigma.backbone.zigma.TinyModels;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.checkpoint.TinyCheckpoints;
import io.zigma.io.ContentHash;
import io.zigma.media.PngFile;
import io.zigma.pipeline.Extension;
import io.zigma.pipeline.GeneratedImage;
import io.zigma.pipeline.GenerationRequest;
import io.zigma.pipeline.ImageGenerator;
import io.zigma.pipeline.SourceClip;
import io.zigma.server.job.ServedModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A model of videos of three frames of 4 × 6 over HTTP. */
class VideoApiTest {

    @TempDir static Path folder;
    private static CheckpointFolder checkpoint;
    private static ServerOfTest server;

    @BeforeAll
    static void start() throws Exception {
        checkpoint =
                TinyCheckpoints.write(
                        Files.createDirectories(folder.resolve("clips")), TinyModels.VIDEO, 7);
        server =
                ServerOfTest.start(
                        settings -> ServerSettings.local(List.of(served("clips", checkpoint)), 0));
    }

    private static ServedModel served(String name, CheckpointFolder checkpoint) {
        try {
            return ServedModel.of(name, checkpoint);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static GeneratedImage made(GenerationRequest request) throws Exception {
        try (ImageGenerator generator = ImageGenerator.load(checkpoint, Device.cpu())) {
            return generator.generate(request).get(0);
        }
    }

    private static GenerationRequest request() {
        return GenerationRequest.any().withSeed(7).withSteps(3);
    }

    @Test
    void aVideoIsASheetOfItsFramesAndAFileThatPlays() throws Exception {
        String id = server.submit("{'seed': 7, 'steps': 3}");
        server.events(id);
        GeneratedImage wanted = made(request());

        JsonObject image = server.job(id).getAsJsonArray("images").get(0).getAsJsonObject();
        assertThat(server.image(id, 0))
                .isEqualTo(PngFile.bytes(wanted.picture(), wanted.recipe().fields()));
        HttpResponse<byte[]> video = server.get(image.get("video").getAsString());
        assertThat(video.body()).isEqualTo(wanted.video());
        assertThat(video.headers().firstValue("Content-Type")).contains("image/apng");
        Path file = Files.write(folder.resolve("video.apng"), video.body());
        assertThat(PngFile.readText(file)).containsEntry("seed", "7");
    }

    @Test
    void aClipThatIsSentGoesOn() throws Exception {
        byte[] clip = made(request()).video();
        String id =
                server.submit(
                        "{'seed': 8, 'steps': 3, 'extend': 4, 'overlap': 2, 'init_clip': '%s'}"
                                .formatted(Base64.getEncoder().encodeToString(clip)));
        server.events(id);

        GeneratedImage wanted =
                made(
                        request()
                                .withSeed(8)
                                .withExtension(
                                        new Extension(4, 2).from(SourceClip.of("clip", clip))));
        assertThat(wanted.frames()).hasSize(7);
        JsonObject job = server.job(id);
        assertThat(job.get("state").getAsString()).isEqualTo("done");
        JsonObject image = job.getAsJsonArray("images").get(0).getAsJsonObject();
        assertThat(server.get(image.get("video").getAsString()).body()).isEqualTo(wanted.video());
        JsonObject recipe = image.getAsJsonObject("recipe");
        assertThat(recipe.get("extend").getAsString()).isEqualTo("4");
        assertThat(recipe.get("clip_sha256").getAsString())
                .isEqualTo(HexFormat.of().formatHex(ContentHash.of(clip)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{'extend': 60} | these videos take as long as",
                "{'extend': 2, 'overlap': 3} | an overlap of 3 leaves no new frame",
                "{'overlap': 2} | overlap goes with extend"
            })
    void whatTakesTooLongOrCannotBeMeantIsRefusedAtOnce(String body, String why) throws Exception {
        HttpResponse<byte[]> answer = server.post("/api/v1/jobs", body);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(text(answer)).contains(why);
    }

    @Test
    void aClipThatIsTooShortOrDamagedFailsTheJobByItsRequest() throws Exception {
        byte[] picture = PngFile.bytes(made(request()).frames().get(0), Map.of());
        String little = Base64.getEncoder().encodeToString(picture);
        for (String[] sent :
                new String[][] {{little, "init_clip has 1 frame"}, {"AAAA", "init_clip: "}}) {
            String id =
                    server.submit(
                            "{'extend': 2, 'overlap': 2, 'init_clip': '%s'}".formatted(sent[0]));
            server.events(id);
            JsonObject error = server.job(id).getAsJsonObject("error");
            assertThat(error.get("message").getAsString()).startsWith(sent[1]);
            assertThat(error.get("refused").getAsBoolean()).isTrue();
        }
    }
}
