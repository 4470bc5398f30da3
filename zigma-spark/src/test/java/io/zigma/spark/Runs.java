package io.zigma.spark;

import io.zigma.cli.command.GenerateCommand;
import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.Command;
import io.zigma.cli.terminal.Console;
import io.zigma.cli.terminal.ExitStatus;
import io.zigma.cli.terminal.WatchedOutput;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** Runs the two programs in this process, and reads what they wrote. */
final class Runs {

    static final Path ROOT = Path.of(System.getProperty("zigma.root"));
    static final String FASHION = ROOT.resolve("models/fashion").toString();

    static {
        // as the executors compute
        System.setProperty("ai.djl.pytorch.num_threads", "1");
    }

    /**
     * What a program left behind.
     *
     * @param status how it ended
     * @param out on standard output
     * @param err on standard error
     */
    record Result(ExitStatus status, String out, String err) {}

    private Runs() {}

    /** Runs {@code zigma-spark}. */
    static Result spark(String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        ExitStatus status = SparkMain.run(List.of(words), console(out, err));
        return new Result(
                status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** Runs a command of {@code zigma}. */
    static Result run(Command command, String... words) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        command.run(Arguments.parse(command, List.of(words)), console(out, err));
        return new Result(
                ExitStatus.DONE,
                out.toString(StandardCharsets.UTF_8),
                err.toString(StandardCharsets.UTF_8));
    }

    /** Has the command line make pictures {@code 000000.png}, … and returns them by their names. */
    static Map<String, byte[]> commandLine(Path folder, String... words) throws IOException {
        Files.createDirectories(folder);
        List<String> all =
                Stream.concat(Stream.of(words), Stream.of("-o", folder.resolve("%06d.png") + ""))
                        .toList();
        run(new GenerateCommand(), all.toArray(String[]::new));
        return files(folder);
    }

    /** Returns all files of a folder by name. */
    static Map<String, byte[]> files(Path folder) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> list = Files.list(folder)) {
            for (Path file : list.toList()) {
                files.put(file.getFileName().toString(), Files.readAllBytes(file));
            }
        }
        return files;
    }

    /** Returns the PNG files of all shards of a folder by name. */
    static Map<String, byte[]> pictures(Path shards) throws IOException {
        Map<String, byte[]> pictures = new TreeMap<>();
        for (Map.Entry<String, byte[]> file : files(shards).entrySet()) {
            if (file.getKey().endsWith(".tar")) {
                entries(shards.resolve(file.getKey())).entrySet().stream()
                        .filter(entry -> entry.getKey().endsWith(".png"))
                        .forEach(entry -> pictures.put(entry.getKey(), entry.getValue()));
            }
        }
        return pictures;
    }

    /** Returns the entries of a shard by name. */
    static Map<String, byte[]> entries(Path shard) throws IOException {
        Map<String, byte[]> entries = new TreeMap<>();
        try (InputStream bytes = new BufferedInputStream(Files.newInputStream(shard));
                TarArchiveInputStream tar = new TarArchiveInputStream(bytes)) {
            for (TarArchiveEntry entry = tar.getNextEntry();
                    entry != null;
                    entry = tar.getNextEntry()) {
                entries.put(entry.getName(), tar.readAllBytes());
            }
        }
        return entries;
    }

    private static Console console(ByteArrayOutputStream out, ByteArrayOutputStream err) {
        WatchedOutput results = new WatchedOutput(out);
        return new Console(
                new PrintStream(results, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                80,
                results);
    }
}
