package io.zigma.server;

import static io.zigma.server.ServerOfTest.json;
import static io.zigma.server.ServerOfTest.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.zigma.server.job.ServedModel;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenAiApiTest {

    private static ServerOfTest server;

    @BeforeAll
    static void start() throws Exception {
        server = ServerOfTest.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static JsonArray data(HttpResponse<byte[]> answer) {
        assertThat(answer.statusCode()).as(text(answer)).isEqualTo(200);
        assertThat(json(answer).get("created").getAsLong()).isPositive();
        return json(answer).getAsJsonArray("data");
    }

    private static byte[] picture(JsonArray data, int number) {
        return Base64.getDecoder()
                .decode(data.get(number).getAsJsonObject().get("b64_json").getAsString());
    }

    @Test
    void picturesAreTheBytesOfTheNativeInterface() throws Exception {
        String id = server.submit("{'class': 'sneaker', 'count': 2, 'seed': 7, 'steps': 2}");
        server.events(id);

        JsonArray data =
                data(
                        server.post(
                                "/v1/images/generations",
                                "{'model': 'fashion', 'prompt': 'sneaker', 'n': 2, 'seed': 7, 'steps': 2,"
                                        + " 'size': '28x28', 'response_format': 'b64_json',"
                                        + " 'quality': 'high', 'user': 'somebody'}"));

        assertThat(data).hasSize(2);
        for (int i = 0; i < 2; i++) {
            assertThat(picture(data, i)).as("picture %s", i).isEqualTo(server.image(id, i));
        }
    }

    @Test
    void linksLeadToThePictures() throws Exception {
        String body = "{'prompt': 'bag', 'seed': 7, 'steps': 2, 'response_format': '%s'}";
        JsonArray links = data(server.post("/v1/images/generations", body.formatted("url")));

        String link = links.get(0).getAsJsonObject().get("url").getAsString();
        HttpResponse<byte[]> linked =
                ServerOfTest.send(HttpRequest.newBuilder(URI.create(link)).GET());

        JsonArray data = data(server.post("/v1/images/generations", body.formatted("b64_json")));
        assertThat(linked.body()).isEqualTo(picture(data, 0));
    }

    private static String link(ServerOfTest own, String headers) throws Exception {
        String body = "{\"prompt\": \"bag\", \"steps\": 1, \"response_format\": \"url\"}";
        String answer =
                own.raw(
                        "POST /v1/images/generations HTTP/1.1\r\n%sConnection: close\r\nContent-Length: %s\r\n\r\n%s"
                                .formatted(headers, body.length(), body));
        assertThat(answer).startsWith("HTTP/1.1 200 ");
        return JsonParser.parseString(answer.substring(answer.indexOf("\r\n\r\n")))
                .getAsJsonObject()
                .getAsJsonArray("data")
                .get(0)
                .getAsJsonObject()
                .get("url")
                .getAsString();
    }

    @Test
    void linksHaveTheNameThatTheClientUsed() throws Exception {
        assertThat(link(server, "Host: localhost:1234\r\n"))
                .startsWith("http://localhost:1234/api/v1/jobs/");
    }

    @Test
    void aProxysHeadersAreBelievedOnlyWhereTheServerWasStartedBehindOne() throws Exception {
        String headers =
                "Host: 127.0.0.1:7860\r\nAuthorization: Bearer a-token-of-this-test\r\n"
                        + "X-Forwarded-Proto: https\r\nX-Forwarded-Host: pictures.example.org\r\n";
        assertThat(link(server, headers)).startsWith("http://127.0.0.1:7860/");
        try (ServerOfTest behind =
                ServerOfTest.start(all -> all.withToken("a-token-of-this-test").withProxy())) {
            assertThat(link(behind, headers)).startsWith("https://pictures.example.org/api/v1/");
            assertThat(link(behind, headers.replace("pictures.", "a\"b ")))
                    .startsWith("https://127.0.0.1:7860/api/v1/");
            String page = headers + "Origin: https://pictures.example.org\r\n";
            assertThat(link(behind, page)).startsWith("https://pictures.example.org/api/v1/");
        }
    }

    @Test
    void anEditIsTheNativeInterfacesPictureOfAPicture() throws Exception {
        String made = server.submit("{'class': 'sneaker', 'seed': 7, 'steps': 2}");
        server.events(made);
        byte[] source = server.image(made, 0);
        String id =
                server.submit(
                        "{'class': 'bag', 'seed': 3, 'steps': 4, 'strength': 0.5, 'init_image': '%s'}"
                                .formatted(Base64.getEncoder().encodeToString(source)));
        server.events(id);

        ByteArrayOutputStream form = new ByteArrayOutputStream();
        String[][] fields = {{"prompt", "bag"}, {"seed", "3"}, {"steps", "4"}, {"strength", "0.5"}};
        for (String[] field : fields) {
            form.writeBytes(
                    "--border\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n"
                            .formatted(field[0], field[1])
                            .getBytes(StandardCharsets.UTF_8));
        }
        form.writeBytes(
                ("--border\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\n"
                                + "Content-Type: image/png\r\n\r\n")
                        .getBytes(StandardCharsets.UTF_8));
        form.writeBytes(source);
        form.writeBytes("\r\n--border--\r\n".getBytes(StandardCharsets.UTF_8));
        HttpResponse<byte[]> answer =
                ServerOfTest.send(
                        server.to("/v1/images/edits")
                                .header("Content-Type", "multipart/form-data; boundary=border")
                                .POST(BodyPublishers.ofByteArray(form.toByteArray())));

        assertThat(picture(data(answer), 0)).isEqualTo(server.image(id, 0));
    }

    @Test
    void modelsAreListedAndFoundByName() throws Exception {
        JsonObject list = json(server.get("/v1/models"));

        assertThat(list.get("object").getAsString()).isEqualTo("list");
        assertThat(list.getAsJsonArray("data")).hasSize(1);
        JsonObject model = list.getAsJsonArray("data").get(0).getAsJsonObject();
        assertThat(model.get("id").getAsString()).isEqualTo("fashion");
        assertThat(model.get("object").getAsString()).isEqualTo("model");
        assertThat(json(server.get("/v1/models/fashion"))).isEqualTo(model);
    }

    @Test
    void aModelOfAnyNameIsFoundByIt() throws Exception {
        String name = "Été [a]+b";
        ServedModel model = ServerOfTest.fashion(name);
        try (ServerOfTest other =
                ServerOfTest.start(settings -> ServerSettings.local(List.of(model), 0))) {
            String path = URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");

            HttpResponse<byte[]> answer = other.get("/v1/models/" + path);

            assertThat(answer.statusCode()).as(text(answer)).isEqualTo(200);
            assertThat(json(answer).get("id").getAsString()).isEqualTo(name);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "promt, x, promt",
        "stream, true, streamed",
        "prompt, bag, more than once",
    })
    void whatAnEditDoesNotFollowIsRefused(String field, String value, String word)
            throws Exception {
        StringBuilder form = new StringBuilder();
        String[][] fields = {{"prompt", "bag"}, {"image", "x"}, {field, value}};
        for (String[] each : fields) {
            form.append(
                    "--border\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n"
                            .formatted(each[0], each[1]));
        }
        HttpResponse<byte[]> answer =
                ServerOfTest.send(
                        server.to("/v1/images/edits")
                                .header("Content-Type", "multipart/form-data; boundary=border")
                                .POST(BodyPublishers.ofString(form + "--border--\r\n")));

        assertThat(answer.statusCode()).as(text(answer)).isEqualTo(400);
        assertThat(json(answer).getAsJsonObject("error").get("message").getAsString())
                .contains(word);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'model': 'dall-e-3', 'prompt': 'bag'} | 404 | fashion",
                "{'model': 'fashion'} | 400 | prompt",
                "{'prompt': 'sneker'} | 400 | sneaker",
                "{'prompt': 'bag', 'n': 17} | 400 | 1 to 16",
                "{'prompt': 'bag', 'size': '1024x1024'} | 400 | 28×28",
                "{'prompt': 'bag', 'size': 'large'} | 400 | size",
                "{'prompt': 'bag', 'output_format': 'webp'} | 400 | PNG",
                "{'prompt': 'bag', 'stream': true} | 400 | stream",
                "{'prompt': 'bag', 'promt': 'x'} | 400 | promt",
            })
    void errorsHaveOpenAisShape(String body, int status, String word) throws Exception {
        HttpResponse<byte[]> answer = server.post("/v1/images/generations", body);

        assertThat(answer.statusCode()).as(text(answer)).isEqualTo(status);
        JsonObject error = json(answer).getAsJsonObject("error");
        assertThat(error.keySet()).containsExactlyInAnyOrder("message", "type", "param", "code");
        assertThat(error.get("type").getAsString()).isEqualTo("invalid_request_error");
        assertThat(error.get("message").getAsString()).contains(word).doesNotContain("\n");
    }
}
