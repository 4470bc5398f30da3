package io.zigma.server;

import static io.zigma.server.ServerOfTest.any;
import static io.zigma.server.ServerOfTest.json;
import static io.zigma.server.ServerOfTest.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.zigma.server.job.ServedModel;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebuiApiTest {

    private static ServerOfTest server;

    @BeforeAll
    static void start() throws Exception {
        server = ServerOfTest.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** All the fields that clients of AUTOMATIC1111 send, most of them by default. */
    private static String request() throws IOException {
        try (InputStream stream = WebuiApiTest.class.getResourceAsStream("/webui-txt2img.json")) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static JsonObject information(JsonObject answer) {
        return JsonParser.parseString(answer.get("info").getAsString()).getAsJsonObject();
    }

    private static int[] pixels(byte[] png) throws IOException {
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
        int width = image.getWidth();
        return image.getRGB(0, 0, width, image.getHeight(), null, 0, width);
    }

    @Test
    void aClientsWholeRequestGivesThePicturesOfTheNativeInterface() throws Exception {
        String id =
                server.submit(
                        "{'class': 'sneaker', 'count': 2, 'seed': 7, 'steps': 2, 'guidance': 7,"
                                + " 'sampler': 'euler'}");
        server.events(id);

        HttpResponse<byte[]> answer = server.post("/sdapi/v1/txt2img", request());

        assertThat(answer.statusCode()).as(text(answer)).isEqualTo(200);
        JsonObject made = json(answer);
        assertThat(made.getAsJsonArray("images")).hasSize(2);
        for (int i = 0; i < 2; i++) {
            byte[] png =
                    Base64.getDecoder().decode(made.getAsJsonArray("images").get(i).getAsString());
            assertThat(pixels(png)).as("picture %s", i).isEqualTo(pixels(server.image(id, i)));
        }
        assertThat(made.getAsJsonObject("parameters").get("prompt").getAsString())
                .isEqualTo("sneaker");
    }

    @Test
    void informationIsJsonWithTheSeedsAndWhatWasNotFollowed() throws Exception {
        JsonObject info = information(json(server.post("/sdapi/v1/txt2img", request())));

        assertThat(info.get("seed").getAsLong()).isEqualTo(7);
        assertThat(info.getAsJsonArray("all_seeds").toString()).isEqualTo("[7,8]");
        assertThat(info.get("sd_model_name").getAsString()).isEqualTo("fashion");
        assertThat(info.getAsJsonArray("warnings").toString())
                .contains("pictures of 28×28 only", "negative prompt");
    }

    @Test
    void aPicturesTextHoldsTheSettingsAndPngInfoReadsThem() throws Exception {
        JsonObject made = json(server.post("/sdapi/v1/txt2img", request()));
        String image = made.getAsJsonArray("images").get(1).getAsString();

        JsonObject info =
                json(server.post("/sdapi/v1/png-info", "{'image': '%s'}".formatted(image)));

        assertThat(info.get("info").getAsString())
                .startsWith("sneaker\n")
                .contains("Steps: 2", "CFG scale: 7", "Seed: 8", "Size: 28x28", "Model: fashion")
                .isEqualTo(information(made).getAsJsonArray("infotexts").get(1).getAsString());
    }

    @Test
    void modelsSamplersSchedulersAndOptionsAreWhatClientsReadFirst() throws Exception {
        JsonObject model = first("sd-models");
        String title = model.get("title").getAsString();
        assertThat(model.get("model_name").getAsString()).isEqualTo("fashion");
        assertThat(model.get("sha256").getAsString()).hasSize(64);
        assertThat(title).startsWith("fashion [");
        assertThat(text(server.get("/sdapi/v1/samplers"))).contains("\"name\":\"euler\"");
        assertThat(first("schedulers").get("name").getAsString()).isEqualTo("automatic");
        assertThat(json(server.get("/sdapi/v1/options")).get("sd_model_checkpoint").getAsString())
                .isEqualTo(title);

        HttpResponse<byte[]> chosen =
                server.post("/sdapi/v1/options", "{'sd_model_checkpoint': '%s'}".formatted(title));

        assertThat(chosen.statusCode()).as(text(chosen)).isEqualTo(200);
    }

    @Test
    void optionsMayBeSentBackWithAnotherModel() throws Exception {
        List<ServedModel> models =
                List.of(
                        ServerOfTest.fashion("cats"),
                        ServerOfTest.fashion("cats [bad]"),
                        ServerOfTest.fashion("dogs"));
        try (ServerOfTest other = ServerOfTest.start(all -> ServerSettings.local(models, 0))) {
            for (ServedModel model : models) {
                JsonObject options = json(other.get("/sdapi/v1/options"));
                options.addProperty("sd_model_checkpoint", model.name());

                HttpResponse<byte[]> chosen = other.post("/sdapi/v1/options", options.toString());

                assertThat(chosen.statusCode()).as(text(chosen)).isEqualTo(200);
                JsonObject now = json(other.get("/sdapi/v1/options"));
                assertThat(now.get("sd_model_checkpoint").getAsString())
                        .startsWith(model.name() + " [");
            }
            assertThat(other.post("/sdapi/v1/options", "{'samples_format': 'jpg'}").statusCode())
                    .isEqualTo(422);
        }
    }

    private static JsonObject first(String path) throws Exception {
        JsonElement list = any(server.get("/sdapi/v1/" + path));
        return list.getAsJsonArray().get(0).getAsJsonObject();
    }

    @Test
    void progressShowsTheStepsAndInterruptEndsThem() throws Exception {
        CompletableFuture<HttpResponse<byte[]>> answer =
                server.later(
                        "/sdapi/v1/txt2img",
                        "{'prompt': 'bag', 'batch_size': 16, 'steps': 250, 'seed': 1}");
        JsonObject progress = json(server.get("/sdapi/v1/progress"));
        while (progress.getAsJsonObject("state").get("sampling_step").getAsInt() < 2
                && !answer.isDone()) {
            Thread.sleep(5);
            progress = json(server.get("/sdapi/v1/progress"));
        }
        assertThat(progress.get("progress").getAsDouble()).isBetween(0.004, 0.999);
        assertThat(progress.getAsJsonObject("state").get("sampling_steps").getAsInt())
                .isEqualTo(250);

        assertThat(server.post("/sdapi/v1/interrupt", "").statusCode()).isEqualTo(200);

        assertThat(answer.get().statusCode()).as(text(answer.get())).isEqualTo(200);
        JsonObject made = json(answer.get());
        assertThat(made.getAsJsonArray("images")).isEmpty();
        assertThat(information(made).getAsJsonArray("warnings").toString()).contains("interrupted");
        assertThat(json(server.get("/sdapi/v1/progress")).get("progress").getAsDouble()).isZero();
    }

    @Test
    void fieldsThatAreNotUsedAreNamed() throws Exception {
        HttpResponse<byte[]> answer =
                server.post(
                        "/sdapi/v1/txt2img",
                        "{'prompt': 'bag', 'steps': 2, 's_churn': 0.5, 's_noise': 1.0, 'stepps': 9,"
                                + " 'controlnet_units': [], 'save_images': true,"
                                + " 'override_settings': {'CLIP_stop_at_last_layers': 2}}");

        assertThat(answer.statusCode()).as(text(answer)).isEqualTo(200);
        assertThat(information(json(answer)).getAsJsonArray("warnings").toString())
                .isEqualTo(
                        "[\"not used here: s_churn, stepps,"
                                + " override_settings.CLIP_stop_at_last_layers\"]");
    }

    @Test
    void whatClientsListWhenTheyStartIsThere() throws Exception {
        for (String list : List.of("upscalers", "prompt-styles", "loras", "sd-vae")) {
            assertThat(text(server.get("/sdapi/v1/" + list))).as(list).isEqualTo("[]");
        }
        assertThat(server.post("/sdapi/v1/refresh-checkpoints", "").statusCode()).isEqualTo(200);
    }

    @Test
    void aSizeThatIsNoneIsNotFollowedEither() throws Exception {
        HttpResponse<byte[]> answer =
                server.post("/sdapi/v1/txt2img", "{'prompt': 'bag', 'steps': 2, 'width': [1, 2]}");

        assertThat(answer.statusCode()).as(text(answer)).isEqualTo(200);
        assertThat(information(json(answer)).getAsJsonArray("warnings").toString())
                .contains("pictures of 28×28 only");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'prompt': 'bag', 'enable_hr': true} | 422 | enable_hr",
                "{'prompt': 'bag', 'styles': ['x']} | 422 | styles",
                "{'prompt': 'bag', 'alwayson_scripts': {'a': {'args': [1]}}} | 422 | alwayson_scripts",
                "{'prompt': 'bag', 'scheduler': 'Karras'} | 422 | scheduler",
                "{'prompt': 'bag', 'sampler_name': 'magic'} | 404 | euler",
                "{'prompt': 'bag', 'batch_size': 0} | 422 | batch_size",
                "{'prompt': 'sneker'} | 400 | sneaker",
                "{'prompt': 'bag', 'override_settings': {'sd_model_checkpoint': 'x'}} | 404 | fashion",
            })
    void whatWouldMakeOtherPicturesIsRefused(String body, int status, String word)
            throws Exception {
        HttpResponse<byte[]> answer = server.post("/sdapi/v1/txt2img", body);

        assertThat(answer.statusCode()).as(text(answer)).isEqualTo(status);
        assertThat(json(answer).get("detail").getAsString()).contains(word).doesNotContain("\n");
    }
}
