package io.zigma.server;

import static io.zigma.server.ServerOfTest.json;
import static io.zigma.server.ServerOfTest.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.server.job.JobState;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that go away, are silent, or send what nobody can hold. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FaultsTest {

    private static final int SIDE = 50_000;
    private static final int LAST = Integer.MAX_VALUE;

    private static ServerOfTest server;
    private static Socket silent;
    private static Socket half;

    @BeforeAll
    static void start() throws Exception {
        server = ServerOfTest.start();
        silent = connect();
        half = connect();
        half.getOutputStream()
                .write("POST /api/v1/jobs HTTP/1.1\r\nHost: loc".getBytes(StandardCharsets.UTF_8));
    }

    @AfterAll
    static void stop() throws IOException {
        silent.close();
        half.close();
        server.close();
    }

    private static Socket connect() throws IOException {
        Socket socket = new Socket("127.0.0.1", server.server().port());
        socket.setSoTimeout(120_000);
        return socket;
    }

    private static byte[] request(String path, String json) {
        byte[] body = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        String head =
                "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        + "Content-Length: %s\r\n\r\n";
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(head.formatted(path, body.length).getBytes(StandardCharsets.UTF_8));
        all.writeBytes(body);
        return all.toByteArray();
    }

    private static long cancelled() {
        return server.server().queue().statistics().jobs(JobState.CANCELLED);
    }

    private static void awaitIdle() throws InterruptedException {
        while (server.server().queue().waiting() > 0
                || !server.server().queue().running().isEmpty()) {
            Thread.sleep(5);
        }
    }

    private static void awaitRunning() throws InterruptedException {
        while (server.server().queue().running().stream().noneMatch(job -> job.done() > 0)) {
            Thread.sleep(5);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/v1/images/generations | {'prompt': 'bag', 'n': 16, 'steps': 250}",
                "/sdapi/v1/txt2img | {'prompt': 'bag', 'batch_size': 16, 'steps': 250}",
            })
    void whatAVanishedClientWaitedForIsCancelled(String path, String json) throws Exception {
        awaitIdle();
        long before = cancelled();
        long done = server.server().queue().statistics().jobs(JobState.DONE);
        try (Socket running = connect();
                Socket waiting = connect()) {
            running.getOutputStream().write(request(path, json));
            awaitRunning();
            waiting.getOutputStream().write(request(path, json.replace("250", "249")));
            while (server.server().queue().waiting() == 0) {
                Thread.sleep(5);
            }
        }

        awaitIdle();

        assertThat(cancelled() - before).isEqualTo(2);
        assertThat(server.server().queue().statistics().jobs(JobState.DONE)).isEqualTo(done);
        assertThat(server.log()).isEmpty();
    }

    @Test
    void aClientThatSendsItsNextRequestBeforeTheAnswerGetsBothInOrder() throws Exception {
        awaitIdle();
        String blocker = server.block();
        try (Socket socket = connect()) {
            OutputStream out = socket.getOutputStream();
            out.write(request("/v1/images/generations", "{'prompt': 'bag', 'steps': 2}"));
            while (server.server().queue().waiting() == 0) {
                Thread.sleep(5);
            }
            // longer than what is read ahead
            String padding = "X-Padding: " + "x".repeat(3000) + "\r\n";
            out.write(
                    ("GET /health HTTP/1.1\r\nHost: localhost\r\n" + padding + "\r\n")
                            .getBytes(StandardCharsets.UTF_8));
            Thread.sleep(200);
            out.write(
                    "GET /api/v1/models HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.UTF_8));
            server.cancel(blocker);

            String answers =
                    new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(answers.split("HTTP/1.1 200 OK", -1)).hasSize(4);
            assertThat(answers.indexOf("b64_json"))
                    .isLessThan(answers.indexOf("\"status\":\"ok\""));
            assertThat(answers.indexOf("\"status\":\"ok\""))
                    .isLessThan(answers.indexOf("samplers"));
        }
    }

    @Test
    void oneConnectionServesManyRequestsOneAfterAnother() throws Exception {
        awaitIdle();
        try (Socket socket = connect()) {
            for (int i = 0; i < 20; i++) {
                socket.getOutputStream()
                        .write(request("/v1/images/generations", "{'prompt': 'bag', 'steps': 1}"));
                assertThat(answer(socket.getInputStream())).contains("b64_json");
            }
        }
    }

    /** One answer with its length. */
    private static String answer(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            assertThat(next).as("the connection was closed after '%s'", head).isNotNegative();
            head.append((char) next);
        }
        int length =
                Integer.parseInt(
                        head.toString().replaceFirst("(?s).*Content-Length: (\\d+).*", "$1"));
        return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }

    @Test
    void aGigabyteIsRefusedAfterALittleOfIt() throws Exception {
        long sent = 0;
        byte[] piece = new byte[1 << 20];
        byte[] frame =
                (Integer.toHexString(piece.length) + "\r\n").getBytes(StandardCharsets.UTF_8);
        try (Socket socket = connect()) {
            OutputStream out = socket.getOutputStream();
            out.write(
                    "POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                            .getBytes(StandardCharsets.UTF_8));
            for (; sent < 1L << 30; sent += piece.length) {
                out.write(frame);
                out.write(piece);
                out.write("\r\n".getBytes(StandardCharsets.UTF_8));
            }
        } catch (SocketException e) {
            // closed by the server
        }

        assertThat(sent).isLessThan(64L << 20);
        HttpResponse<byte[]> metrics = server.get("/metrics");
        while (!text(metrics).contains("\nzigma_http_body_bytes 0\n")) {
            Thread.sleep(10);
            metrics = server.get("/metrics");
        }
    }

    /** A valid PNG file of 50,000 × 50,000 black pixels in less than half a megabyte. */
    private static byte[] bomb() throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(file);
        out.write(new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10});
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        DataOutputStream fields = new DataOutputStream(head);
        fields.writeInt(SIDE);
        fields.writeInt(SIDE);
        fields.write(new byte[] {1, 0, 0, 0, 0}); // 1 bit of grey
        chunk(out, "IHDR", head.toByteArray());
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        Deflater fast = new Deflater(1);
        try (DeflaterOutputStream rows = new DeflaterOutputStream(data, fast)) {
            byte[] row = new byte[1 + (SIDE + 7) / 8];
            for (int y = 0; y < SIDE; y++) {
                rows.write(row);
            }
        }
        fast.end();
        chunk(out, "IDAT", data.toByteArray());
        chunk(out, "IEND", new byte[0]);
        return file.toByteArray();
    }

    private static void chunk(DataOutputStream out, String type, byte[] data) throws IOException {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        CRC32 sum = new CRC32();
        sum.update(name);
        sum.update(data);
        out.writeInt(data.length);
        out.write(name);
        out.write(data);
        out.writeInt((int) sum.getValue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"init_image", "mask"})
    void aDecompressionBombIsRefused(String field) throws Exception {
        awaitIdle();
        String bomb = Base64.getEncoder().encodeToString(bomb());
        String picture = Base64.getEncoder().encodeToString(smallPicture());
        String request =
                field.equals("mask")
                        ? "{'class': 'bag', 'init_image': '%s', 'mask': '%s'}"
                                .formatted(picture, bomb)
                        : "{'class': 'bag', 'init_image': '%s'}".formatted(bomb);

        HttpResponse<byte[]> answer = server.post("/api/v1/jobs", request);

        assertThat(answer.statusCode()).as(text(answer)).isEqualTo(400);
        assertThat(json(answer).getAsJsonObject("error").get("message").getAsString())
                .contains(field, "50000×50000");
    }

    private static byte[] smallPicture() throws Exception {
        String id = server.submit("{'class': 'bag', 'steps': 1}");
        server.events(id);
        return server.image(id, 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"image", "mask"})
    void aDecompressionBombInAFormIsRefused(String field) throws Exception {
        ByteArrayOutputStream form = new ByteArrayOutputStream();
        part(form, "prompt", "bag".getBytes(StandardCharsets.UTF_8));
        part(form, "image", field.equals("image") ? bomb() : smallPicture());
        if (field.equals("mask")) {
            part(form, "mask", bomb());
        }
        form.writeBytes("--border--\r\n".getBytes(StandardCharsets.UTF_8));

        HttpResponse<byte[]> answer =
                ServerOfTest.send(
                        server.to("/v1/images/edits")
                                .header("Content-Type", "multipart/form-data; boundary=border")
                                .POST(BodyPublishers.ofByteArray(form.toByteArray())));

        assertThat(answer.statusCode()).as(text(answer)).isEqualTo(400);
        assertThat(text(answer)).contains("50000×50000");
    }

    private static void part(ByteArrayOutputStream form, String name, byte[] value) {
        form.writeBytes(
                "--border\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n"
                        .formatted(name)
                        .getBytes(StandardCharsets.UTF_8));
        form.writeBytes(value);
        form.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void silentClientsHoldNobodyUp() throws Exception {
        List<Socket> many = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                many.add(connect());
            }

            assertThat(server.get("/health").statusCode()).isEqualTo(200);
        } finally {
            for (Socket socket : many) {
                socket.close();
            }
        }
    }

    /** Last, for it waits as long as the server does: 30 seconds from when the tests began. */
    @Test
    @Order(LAST)
    void aClientThatSendsNothingOrHalfARequestIsCutOff() throws Exception {
        assertThat(silent.getInputStream().read()).isEqualTo(-1);
        String answer = new String(half.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(answer).doesNotContain("200 OK");
    }

    @Test
    void aLateRefusalIsCountedOnce() throws Exception {
        awaitIdle();
        try (ServerOfTest own = ServerOfTest.start()) {
            HttpResponse<byte[]> late = own.post("/v1/images/generations", "{'prompt': 'sneker'}");
            assertThat(late.statusCode()).isEqualTo(400);
            assertThat(own.get("/health").statusCode()).isEqualTo(200);

            // every question is counted, too, a little after it was answered
            String counts = counts(own);
            for (int asked = 1;
                    asked < 200 && !counts.startsWith("answered " + asked + " ");
                    asked++) {
                Thread.sleep(5);
                counts = counts(own);
            }

            assertThat(counts).endsWith(" failed 0 gone 0 refused 1 ");
        }
    }

    private static String counts(ServerOfTest own) throws Exception {
        StringBuilder counts = new StringBuilder();
        text(own.get("/metrics"))
                .lines()
                .filter(line -> line.startsWith("zigma_http_requests_total{"))
                .forEach(
                        line ->
                                counts.append(
                                        line.replaceFirst(".*answer=\"(\\w+)\"} ", "$1 ") + " "));
        return counts.toString();
    }
}
