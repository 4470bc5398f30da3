package io.zigma.server;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The packages of {@code src/test/clients/package.json}, installed by npm into {@code target}, and
 * the scripts beside it.
 */
final class NodeClients {

    private static final String LOCK = "package-lock.json";
    private static final String WITHOUT = "; the client libraries are not tested";
    private static final int MINUTES = 3;

    private static @Nullable Path installed;

    private NodeClients() {}

    /** Installs the packages, once; they are there already where the lock file is the same. */
    static synchronized Path install() throws Exception {
        if (installed != null) {
            return installed;
        }
        assumeTrue(isThere("node") && isThere("npm"), "there is no node or no npm here" + WITHOUT);
        Path module = Path.of(System.getProperty("zigma.root")).resolve("zigma-server");
        Path from = module.resolve("src/test/clients");
        Path to = Files.createDirectories(module.resolve("target/clients"));
        Path done = to.resolve("installed-" + LOCK);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(
                        file, to.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        if (!Files.exists(done) || Files.mismatch(done, from.resolve(LOCK)) >= 0) {
            Files.deleteIfExists(done);
            Output npm =
                    run(
                            to,
                            "npm",
                            "ci",
                            "--ignore-scripts", // no program of theirs runs when they are installed
                            "--no-audit",
                            "--no-fund",
                            "--fetch-retries=1");
            assumeTrue(
                    npm.status() == 0,
                    "npm could not fetch the client libraries (%s)%s"
                            .formatted(npm.err().strip(), WITHOUT));
            Files.copy(from.resolve(LOCK), done);
        }
        installed = to;
        return to;
    }

    private static boolean isThere(String program) throws InterruptedException {
        try {
            return run(Path.of("."), program, "--version").status() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Runs one of the scripts.
     *
     * @return the JSON that it wrote
     */
    static JsonObject run(String script, String... arguments) throws Exception {
        Path folder = install();
        List<String> command = new ArrayList<>(List.of("node", script));
        command.addAll(List.of(arguments));
        Output output = run(folder, command.toArray(String[]::new));
        if (output.status() != 0) {
            throw new AssertionError(
                    "%s ended with %s: %s"
                            .formatted(script, output.status(), output.err() + output.out()));
        }
        return JsonParser.parseString(output.out()).getAsJsonObject();
    }

    private record Output(int status, String out, String err) {}

    private static Output run(Path folder, String... command)
            throws IOException, InterruptedException {
        Path out = Files.createTempFile("client", ".out");
        Path err = Files.createTempFile("client", ".err");
        try {
            Process process =
                    new ProcessBuilder(command)
                            .directory(folder.toFile())
                            .redirectOutput(out.toFile())
                            .redirectError(err.toFile())
                            .start();
            if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
                process.destroyForcibly().waitFor();
            }
            return new Output(
                    process.exitValue(),
                    Files.readString(out, StandardCharsets.UTF_8),
                    Files.readString(err, StandardCharsets.UTF_8));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }
}
