package io.zigma.server;

import static io.zigma.server.ServerOfTest.json;
import static io.zigma.server.ServerOfTest.text;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import com.google.gson.JsonObject;
import io.zigma.media.PngFile;
import io.zigma.pipeline.Edit;
import io.zigma.pipeline.GeneratedImage;
import io.zigma.pipeline.GenerationRequest;
import io.zigma.pipeline.ImageGenerator;
import io.zigma.pipeline.SourcePicture;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NativeApiTest {

    private static ServerOfTest server;

    @BeforeAll
    static void start() throws Exception {
        server = ServerOfTest.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** The files of a request, as the command line writes them. */
    static List<byte[]> files(GenerationRequest request) throws Exception {
        try (ImageGenerator generator =
                ImageGenerator.load(ServerOfTest.fashion("fashion").checkpoint(), Device.cpu())) {
            return generator.generate(request).stream().map(NativeApiTest::png).toList();
        }
    }

    private static byte[] png(GeneratedImage image) {
        return PngFile.bytes(image.picture(), image.recipe().fields());
    }

    @Test
    void picturesAreTheBytesThatAGenerationWrites() throws Exception {
        String id =
                server.submit("{'model': 'fashion', 'class': 'sneaker', 'count': 3, 'seed': 7}");
        server.events(id);

        List<byte[]> wanted = files(GenerationRequest.of("sneaker").withCount(3).withSeed(7));
        for (int i = 0; i < 3; i++) {
            assertThat(server.image(id, i)).as("picture %s", i).isEqualTo(wanted.get(i));
        }
    }

    @Test
    void aPictureOfAPictureIsTheOneThatAGenerationWrites() throws Exception {
        byte[] source = files(GenerationRequest.of("sneaker").withSeed(7)).get(0);
        String id =
                server.submit(
                        "{'class': 'bag', 'seed': 3, 'strength': 0.8, 'init_image': '%s'}"
                                .formatted(Base64.getEncoder().encodeToString(source)));
        server.events(id);

        JsonObject job = server.job(id);
        assertThat(job.get("state").getAsString()).isEqualTo("done");
        JsonObject recipe =
                job.getAsJsonArray("images").get(0).getAsJsonObject().getAsJsonObject("recipe");
        assertThat(recipe.get("strength").getAsString()).isEqualTo("0.8");
        assertThat(recipe.get("source_sha256").getAsString()).hasSize(64);
        Edit edit = Edit.of(SourcePicture.of("a picture", source), 0.8);
        assertThat(server.image(id, 0))
                .isEqualTo(files(GenerationRequest.of("bag").withSeed(3).withEdit(edit)).get(0));
    }

    @Test
    void aModelOfPicturesHasNoVideoToPlay() throws Exception {
        String id = server.submit("{'class': 'bag', 'steps': 2}");
        server.events(id);

        assertThat(server.job(id).getAsJsonArray("images").get(0).getAsJsonObject().has("video"))
                .isFalse();
        HttpResponse<byte[]> answer = server.get("/api/v1/jobs/" + id + "/images/0.apng");
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(text(answer)).contains("makes pictures, no videos");
        assertThat(server.get("/api/v1/jobs/" + id + "/images/0.png").statusCode()).isEqualTo(200);
    }

    @Test
    void eventsShowEveryStepPreviewsAndTheEnd() throws Exception {
        // long enough that the events are asked for before it is over
        String id = server.submit("{'class': 'bag', 'count': 4, 'steps': 60, 'seed': 1}");

        String events = server.events(id);

        assertThat(events).startsWith("event: state\n");
        assertThat(events).contains("event: step\n", "\"total\":60", "event: preview\n");
        assertThat(events.split("event: preview", -1)).hasSizeGreaterThan(3);
        assertThat(events).contains("event: done\n");
        assertThat(events.indexOf("event: done")).isGreaterThan(events.lastIndexOf("event: step"));
    }

    @Test
    void theFirstPreviewComesWithTheFirstStep() throws Exception {
        String blocker = server.submit("{'class': 'bag', 'steps': 250, 'count': 16}");
        // other settings, so that it waits for the first one
        String id = server.submit("{'class': 'bag', 'steps': 9, 'count': 2}");
        FutureTask<String> hearing = new FutureTask<>(() -> server.events(id));
        new Thread(hearing).start();
        while (!text(server.get("/metrics")).contains("\nzigma_event_streams 1\n")) {
            Thread.sleep(5);
        }

        ServerOfTest.send(server.to("/api/v1/jobs/" + blocker).DELETE());

        String events = hearing.get(2, TimeUnit.MINUTES);
        Matcher first =
                Pattern.compile("event: preview\\n.*?\"step\":(\\d+)", Pattern.DOTALL)
                        .matcher(events);
        assertThat(first.find()).isTrue();
        assertThat(first.group(1)).isEqualTo("1");
    }

    @Test
    void eventsOfAFinishedJobSayThatItIs() throws Exception {
        String id = server.submit("{'class': 'bag', 'steps': 2}");
        server.events(id);

        assertThat(server.events(id)).contains("event: done\n").doesNotContain("event: step");
    }

    @Test
    void aRunningJobIsCancelledBetweenSteps() throws Exception {
        String id = server.submit("{'class': 'bag', 'count': 16, 'steps': 250}");
        while (server.job(id).get("done").getAsInt() == 0) {
            Thread.sleep(5);
        }

        ServerOfTest.send(server.to("/api/v1/jobs/" + id).DELETE());

        assertThat(server.events(id)).contains("event: cancelled\n");
        JsonObject job = server.job(id);
        assertThat(job.get("done").getAsInt()).isLessThan(250);
        assertThat(job.getAsJsonArray("images")).isEmpty();
    }

    @Test
    void aWaitingJobIsCancelledAtOnce() throws Exception {
        String running = server.submit("{'class': 'bag', 'count': 16, 'steps': 250}");
        String waiting = server.submit("{'class': 'bag', 'count': 16, 'steps': 249}");

        ServerOfTest.send(server.to("/api/v1/jobs/" + waiting).DELETE());

        assertThat(server.job(waiting).get("state").getAsString()).isEqualTo("cancelled");
        assertThat(server.job(running).get("state").getAsString()).isIn("running", "queued");
        ServerOfTest.send(server.to("/api/v1/jobs/" + running).DELETE());
        server.events(running);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'class': 'sneker'} | 400 | sneaker",
                "{'klass': 'sneaker'} | 400 | klass",
                "{'count': 17} | 400 | 1 to 16",
                "{'steps': 251} | 400 | 1 to 250",
                "{'width': 64, 'height': 64} | 400 | 28×28",
                "{'prompt': 'a shoe'} | 400 | class",
                "{'sampler': 'magic'} | 400 | magic",
                "{'mask': 'AAAA'} | 400 | init_image",
                "{'model': 'nothing'} | 404 | fashion",
                "{'model': 7} | 400 | model",
                "[] | 400 | JSON object",
                "{'class': | 400 | valid JSON",
            })
    void whatIsNotPossibleIsRefusedBeforeItIsQueued(String json, int status, String word)
            throws Exception {
        HttpResponse<byte[]> answer = server.post("/api/v1/jobs", json);

        assertThat(answer.statusCode()).as(text(answer)).isEqualTo(status);
        assertThat(json(answer).getAsJsonObject("error").get("message").getAsString())
                .contains(word)
                .doesNotContain("\n");
    }

    @Test
    void aDamagedPictureFailsItsOwnJobWithAReason() throws Exception {
        String id =
                server.submit(
                        "{'class': 'bag', 'init_image': '%s'}"
                                .formatted(
                                        Base64.getEncoder()
                                                .encodeToString(
                                                        "no picture"
                                                                .getBytes(
                                                                        StandardCharsets.UTF_8))));

        assertThat(server.events(id)).contains("event: failed\n");
        JsonObject error = server.job(id).getAsJsonObject("error");
        assertThat(error.get("refused").getAsBoolean()).isTrue();
        assertThat(error.get("message").getAsString()).startsWith("init_image: ");
    }

    @Test
    void thereIsNoPictureBeforeTheJobIsDoneAndNoneBeyondItsCount() throws Exception {
        String id = server.submit("{'class': 'bag', 'steps': 2}");
        server.events(id);

        assertThat(server.get("/api/v1/jobs/" + id + "/images/0.png").statusCode()).isEqualTo(200);
        for (String number : List.of("1", "-1", "x", "99999999999", "..%2f..%2fpom.xml")) {
            assertThat(server.get("/api/v1/jobs/" + id + "/images/" + number).statusCode())
                    .as(number)
                    .isIn(400, 404);
        }
    }

    @Test
    void modelsSayWhatAPageNeedsToOfferThem() throws Exception {
        JsonObject offer = json(server.get("/api/v1/models"));

        JsonObject model = offer.getAsJsonArray("models").get(0).getAsJsonObject();
        assertThat(model.get("id").getAsString()).isEqualTo("fashion");
        assertThat(model.getAsJsonArray("classes")).hasSize(10);
        assertThat(model.get("width").getAsInt()).isEqualTo(28);
        assertThat(model.getAsJsonObject("defaults").get("steps").getAsInt()).isEqualTo(16);
        assertThat(offer.getAsJsonArray("samplers").size()).isGreaterThan(5);
    }
}
