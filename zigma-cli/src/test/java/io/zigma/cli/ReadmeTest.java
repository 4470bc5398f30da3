package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.Command;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the README tells people to type works. */
class ReadmeTest {

    private static final Path ROOT = Path.of(System.getProperty("zigma.root"));

    @TempDir Path folder;

    static Stream<String> commands() throws IOException {
        return Files.readAllLines(ROOT.resolve("README.md")).stream()
                .filter(line -> line.startsWith("./zigma "))
                .map(line -> line.replaceFirst(" +#.*", "").substring("./zigma ".length()));
    }

    @ParameterizedTest(name = "zigma {0}")
    @MethodSource("commands")
    void everyCommandIsUnderstood(String line) {
        List<String> words = words(line);
        Command command = Main.command(words.get(0));

        assertThat(Arguments.parse(command, words.subList(1, words.size()))).isNotNull();
    }

    /** Splits a line as a shell does: what stands in double quotes is one word. */
    private static List<String> words(String line) {
        return Pattern.compile("\"([^\"]*)\"|\\S+")
                .matcher(line)
                .results()
                .map(word -> word.group(1) == null ? word.group() : word.group(1))
                .toList();
    }

    @Test
    void theJavaCodeCompilesAndMakesItsPictures() throws Exception {
        Path source = Files.writeString(folder.resolve("Snippet.java"), program());

        compile(source);
        URL[] classes = {folder.toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(classes)) {
            loader.loadClass("Snippet").getMethod("run").invoke(null);
        }

        assertThat(folder.toFile().list()).contains("sneaker-7.png", "sneaker-10.png");
    }

    @Test
    void theJavaCodeIsThatOfTheExampleThatEveryBuildRuns() throws IOException {
        String example =
                Files.readString(
                        ROOT.resolve("examples/src/main/java/io/zigma/examples/Sneakers.java"));
        List<String> lines = example.lines().map(String::strip).toList();

        assertThat(lines).containsSubsequence(snippet().lines().map(String::strip).toList());
    }

    /** The README's code in a class of its own, with files in a folder that is there. */
    private String program() throws IOException {
        String code = snippet().replace("\"sneaker-\"", "\"" + folder + "/sneaker-\"");
        String imports = lines(code.lines().filter(line -> line.startsWith("import ")));
        String body = lines(code.lines().filter(line -> !line.startsWith("import ")));
        return imports
                + "public class Snippet { public static void run() throws Exception {"
                + body
                + "}}";
    }

    private static String snippet() throws IOException {
        String readme = Files.readString(ROOT.resolve("README.md"));
        int start = readme.indexOf("```java\n") + "```java\n".length();
        return readme.substring(start, readme.indexOf("```", start));
    }

    private static String lines(Stream<String> lines) {
        return lines.collect(Collectors.joining("\n", "", "\n"));
    }

    private static void compile(Path source) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter said = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            boolean compiled =
                    compiler.getTask(
                                    said,
                                    files,
                                    null,
                                    List.of(
                                            "-cp",
                                            System.getProperty("java.class.path"),
                                            "-proc:none"),
                                    null,
                                    files.getJavaFileObjects(source))
                            .call();
            assertThat(compiled).as(said.toString()).isTrue();
        }
    }
}
