package io.zigma.server;

import static io.zigma.server.ServerOfTest.json;
import static io.zigma.server.ServerOfTest.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who and what is not let in, and what is said then. */
class RefusalsTest {

    private static final String TOKEN = "a-token-of-this-test";
    private static final int MIB = 1 << 20;

    private static ServerOfTest withToken() throws Exception {
        return ServerOfTest.start(settings -> settings.withToken(TOKEN));
    }

    private static ServerOfTest withSmallBodies() throws Exception {
        return ServerOfTest.start(settings -> settings.withBodyBytes(MIB));
    }

    private static void assertIsOneLine(String answer, int status, String word) {
        assertThat(answer).startsWith("HTTP/1.1 %s ".formatted(status));
        String body = answer.substring(answer.indexOf("\r\n\r\n")).strip();
        String message =
                JsonParser.parseString(body)
                        .getAsJsonObject()
                        .getAsJsonObject("error")
                        .get("message")
                        .getAsString();
        assertThat(message).contains(word).doesNotContain("\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Bearer another-token-it-is", "Bearer", "Basic !!", "Digest x"})
    void withoutTheTokenNobodyIsLetIn(String authorization) throws Exception {
        try (ServerOfTest server = withToken()) {
            var request = server.to("/api/v1/models").GET();
            if (!authorization.isEmpty()) {
                request.header("Authorization", authorization);
            }

            HttpResponse<byte[]> answer = ServerOfTest.send(request);

            assertThat(answer.statusCode()).isEqualTo(401);
            assertThat(answer.headers().firstValue("WWW-Authenticate")).contains("Bearer");
            assertThat(json(answer).getAsJsonObject("error").get("message").getAsString())
                    .contains("token")
                    .doesNotContain(TOKEN);
        }
    }

    @Test
    void theTokenIsABearerOrAnybodysPassword() throws Exception {
        try (ServerOfTest server = withToken()) {
            String pair =
                    Base64.getEncoder()
                            .encodeToString(("me:" + TOKEN).getBytes(StandardCharsets.UTF_8));
            for (String authorization : new String[] {"Bearer " + TOKEN, "Basic " + pair}) {
                HttpResponse<byte[]> answer =
                        ServerOfTest.send(
                                server.to("/api/v1/models")
                                        .header("Authorization", authorization)
                                        .GET());

                assertThat(answer.statusCode()).as(authorization).isEqualTo(200);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "example.com, '', localhost",
        "127.0.0.1.example.com, '', localhost",
        "[0:0:0:0:0:0:0:2], '', localhost",
        "localhost, Origin: http://example.com, other sites",
        "localhost, Origin: null, other sites",
        "localhost, Sec-Fetch-Site: cross-site, other sites",
    })
    void pagesOfOtherSitesAreRefused(String host, String header, String word) throws Exception {
        try (ServerOfTest server = ServerOfTest.start()) {
            String more = header.isEmpty() ? "" : header + "\r\n";

            String answer =
                    server.raw(
                            "GET /api/v1/models HTTP/1.1\r\nHost: %s\r\n%sConnection: close\r\n\r\n"
                                    .formatted(host, more));

            assertIsOneLine(answer, 403, word);
        }
    }

    @Test
    void theServersOwnPageIsLetIn() throws Exception {
        try (ServerOfTest server = ServerOfTest.start()) {
            String host = "localhost:" + server.server().port();

            String answer =
                    server.raw(
                            ("GET /api/v1/models HTTP/1.1\r\nHost: %s\r\nOrigin: http://%s\r\n"
                                            + "Sec-Fetch-Site: same-origin\r\nConnection: close\r\n\r\n")
                                    .formatted(host, host));

            assertThat(answer).startsWith("HTTP/1.1 200 ");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[::1]:7860",
                "[0:0:0:0:0:0:0:1]:7860",
                "[0:0:0:0:0:0:0:1]",
                "LOCALHOST:7860",
                "127.0.0.1",
            })
    void everyNameOfThisMachineIsLetIn(String host) throws Exception {
        try (ServerOfTest server = ServerOfTest.start()) {
            String answer =
                    server.raw(
                            "GET /health HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
                                    .formatted(host));

            assertThat(answer).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void aBodyThatIsAnnouncedTooLargeIsRefusedBeforeItIsSent() throws Exception {
        try (ServerOfTest server = withSmallBodies()) {
            String answer =
                    server.raw(
                            "POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: %s\r\n\r\n"
                                    .formatted(1 << 30));

            assertIsOneLine(answer, 413, "1 MiB");
        }
    }

    @Test
    void aBodyOfUnknownLengthIsRefusedWhereItGrowsTooLarge() throws Exception {
        try (ServerOfTest server = withSmallBodies()) {
            String answer =
                    server.raw(
                            "POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\n"
                                    + "Transfer-Encoding: chunked\r\n\r\n"
                                    + Integer.toHexString(MIB + 1)
                                    + "\r\n"
                                    + " ".repeat(MIB + 1));

            assertIsOneLine(answer, 413, "1 MiB");
        }
    }

    @Test
    void beyondTheQueuesBoundClientsAreAskedToComeBack() throws Exception {
        try (ServerOfTest server =
                ServerOfTest.start(
                        settings -> settings.withLimits(settings.limits().withQueued(1)))) {
            server.block();
            server.submit("{'class': 'bag', 'steps': 2}");

            for (String path : new String[] {"/api/v1/jobs", "/v1/images/generations"}) {
                HttpResponse<byte[]> answer =
                        server.post(path, path.startsWith("/v1") ? "{'prompt': 'bag'}" : "{}");

                assertThat(answer.statusCode()).as(text(answer)).isEqualTo(429);
                assertThat(answer.headers().firstValueAsLong("Retry-After").orElse(0))
                        .isBetween(1L, 600L);
                assertThat(json(answer).getAsJsonObject("error").get("message").getAsString())
                        .contains("1 requests wait");
            }
            HttpResponse<byte[]> answer = server.post("/sdapi/v1/txt2img", "{}");
            assertThat(answer.statusCode()).isEqualTo(429);
            assertThat(answer.headers().firstValue("Retry-After")).isPresent();
            assertThat(json(answer).get("detail").getAsString()).contains("1 requests wait");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/api/v1/jobs | {'model': 'nothing'} | 404 | fashion",
                "/api/v1/jobs | {'class': 'nothing'} | 400 | nothing",
                "/v1/images/generations | {'model': 'nothing', 'prompt': 'bag'} | 404 | fashion",
                "/v1/images/generations | {'prompt': 'nothing'} | 400 | nothing",
            })
    void whatIsNotThereIsRefusedByName(String path, String body, int status, String word)
            throws Exception {
        try (ServerOfTest server = ServerOfTest.start()) {
            HttpResponse<byte[]> answer = server.post(path, body);

            assertThat(answer.statusCode()).as(text(answer)).isEqualTo(status);
            assertThat(json(answer).getAsJsonObject("error").get("message").getAsString())
                    .contains(word)
                    .doesNotContain("\n");
            assertThat(server.log()).isEmpty();
        }
    }
}
