package io.zigma.server;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.server.job.ServedModel;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** A server of models/fashion on a free port, and a client. */
final class ServerOfTest implements AutoCloseable {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final List<String> log = new CopyOnWriteArrayList<>();
    private final ZigmaServer server;

    private ServerOfTest(ServerSettings settings) throws IOException {
        server = ZigmaServer.start(settings, log::add);
    }

    static ServedModel fashion(String name) throws IOException {
        Path root = Path.of(System.getProperty("zigma.root"));
        return ServedModel.of(name, CheckpointFolder.open(root.resolve("models/fashion")));
    }

    static ServerOfTest start() throws IOException {
        return start(settings -> settings);
    }

    static ServerOfTest start(UnaryOperator<ServerSettings> changed) throws IOException {
        return new ServerOfTest(
                changed.apply(ServerSettings.local(List.of(fashion("fashion")), 0)));
    }

    ZigmaServer server() {
        return server;
    }

    /** What the server had to say. */
    List<String> log() {
        return log;
    }

    HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create(server.url() + path.substring(1)));
    }

    static HttpResponse<byte[]> send(HttpRequest.Builder request) throws Exception {
        return CLIENT.send(request.build(), BodyHandlers.ofByteArray());
    }

    HttpResponse<byte[]> get(String path) throws Exception {
        return send(to(path).GET());
    }

    HttpResponse<byte[]> post(String path, String json) throws Exception {
        return send(
                to(path).header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(json)));
    }

    /** Sends a request whose answer takes long, and does not wait for it. */
    CompletableFuture<HttpResponse<byte[]>> later(String path, String json) {
        return CLIENT.sendAsync(
                to(path).header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(json))
                        .build(),
                BodyHandlers.ofByteArray());
    }

    /** Has the worker be busy with a job that ends when it is cancelled; returns its id. */
    String block() throws Exception {
        String id = submit("{'class': 'bag', 'count': 16, 'steps': 250}");
        while (job(id).get("done").getAsInt() == 0) {
            Thread.sleep(2);
        }
        return id;
    }

    void cancel(String id) throws Exception {
        send(to("/api/v1/jobs/" + id).DELETE());
    }

    static JsonObject json(HttpResponse<byte[]> answer) {
        return JsonParser.parseString(text(answer)).getAsJsonObject();
    }

    static JsonElement any(HttpResponse<byte[]> answer) {
        return JsonParser.parseString(text(answer));
    }

    static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    /** Submits a job and returns its id. */
    String submit(String json) throws Exception {
        HttpResponse<byte[]> answer = post("/api/v1/jobs", json);
        if (answer.statusCode() != 202) {
            throw new AssertionError(answer.statusCode() + " " + text(answer));
        }
        return json(answer).get("id").getAsString();
    }

    /** Waits for a job's end by its events, and returns all of them. */
    String events(String id) throws Exception {
        return text(get("/api/v1/jobs/" + id + "/events"));
    }

    JsonObject job(String id) throws Exception {
        return json(get("/api/v1/jobs/" + id));
    }

    byte[] image(String id, int number) throws Exception {
        return get("/api/v1/jobs/" + id + "/images/" + number).body();
    }

    /** Sends bytes as they are and returns all that comes back until the server closes. */
    String raw(String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", server.port())) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
