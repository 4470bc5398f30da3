package io.zigma.text;

import ai.djl.Device;
import io.zigma.base.Registry;
import io.zigma.io.CheckpointException;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The text encoders there are: those that come with an artifact on the class path, by name, and a
 * user's own, which are folders with {@code config.json}, safetensors and a vocabulary.
 *
 * <p>However often one is opened, its weights are in memory once, until the last user closes it.
 */
public final class TextEncoders {

    /** Path list of folders that hold encoders, as a system property and in the environment. */
    private static final String PROPERTY = "zigma.text.encoders";

    private static final String VARIABLE = "ZIGMA_TEXT_ENCODERS";

    private TextEncoders() {}

    /**
     * Lists the encoders that come with artifacts.
     *
     * @return their names
     */
    public static List<String> names() {
        return registry().names();
    }

    /**
     * Opens an encoder.
     *
     * @param nameOrFolder a name such as {@code minilm-l6}, or its beginning up to a hyphen, or the
     *     path of a folder
     * @param device where its network runs
     * @return an encoder that the caller closes
     * @throws IllegalArgumentException if there is neither; the message lists the names
     * @throws IOException if the folder holds no encoder, or a damaged one
     */
    public static TextEncoder open(String nameOrFolder, Device device) throws IOException {
        Registry<TextEncoderProvider> registry = registry();
        Optional<TextEncoderProvider> named = named(nameOrFolder, registry);
        if (named.isPresent()) {
            return open(named.get(), device);
        }
        Path folder = folder(nameOrFolder);
        if (folder != null && Files.isDirectory(folder)) {
            return open(folder, device);
        }
        if (registry.names().isEmpty()) {
            throw new IllegalArgumentException(
                    "there is no text encoder '%s': no artifact with one, such as io.zigma:zigma-text-minilm, is on the class path, and there is no such folder"
                            .formatted(nameOrFolder));
        }
        throw new IllegalArgumentException(
                "there is no text encoder '%s'%s; choose from %s, or name a folder with config.json, safetensors and tokenizer.json"
                        .formatted(
                                nameOrFolder,
                                Registry.nearest(nameOrFolder, registry.names())
                                        .map(near -> " (did you mean '%s'?)".formatted(near))
                                        .orElse(""),
                                String.join(", ", registry.names())));
    }

    /**
     * Opens the encoder that a model was trained with, wherever it is: on the class path, or in one
     * of the folders that the system property {@code zigma.text.encoders} or the variable {@code
     * ZIGMA_TEXT_ENCODERS} lists.
     *
     * @param reference what the model's checkpoint says
     * @param device where its network runs
     * @return an encoder that the caller closes
     * @throws IOException if it is in none of these places; the message says what to do
     */
    public static TextEncoder find(TextEncoderReference reference, Device device)
            throws IOException {
        return find(reference, device, List.of());
    }

    /**
     * Opens the encoder that a model was trained with, also if it is in one of some folders.
     *
     * @param reference what the model's checkpoint says
     * @param device where its network runs
     * @param places folders of encoders, or folders that hold such folders; those that are missing
     *     are passed over
     * @return an encoder that the caller closes
     * @throws IOException if it is in none of these places; the message says what to do
     */
    public static TextEncoder find(TextEncoderReference reference, Device device, List<Path> places)
            throws IOException {
        for (TextEncoderProvider provider : registry().all()) {
            if (provider.reference().hash().equals(reference.hash())) {
                return open(provider, device);
            }
        }
        List<Path> all = new ArrayList<>(places);
        all.addAll(listedPlaces());
        for (Path place : all) {
            for (Path folder : encoders(place)) {
                if (EncoderFolder.hashOf(folder).filter(reference.hash()::equals).isPresent()) {
                    return open(folder, device);
                }
            }
        }
        boolean namesake = registry().find(reference.name()).isPresent();
        throw new CheckpointException(
                ("the model was trained with the text encoder %s of hash %s…, which is not here%s;"
                                + " name its folder, or list it in %s")
                        .formatted(
                                reference.name(),
                                reference.hash().substring(0, 12),
                                namesake ? " (the one of that name has other weights)" : "",
                                VARIABLE));
    }

    /**
     * Makes an encoder of what an artifact brings along.
     *
     * @param parts its shape, vocabulary and weights
     * @param device where its network runs
     * @return an encoder that has loaded nothing yet and that the caller closes
     * @throws IllegalArgumentException if the shape is wrong
     */
    public static TextEncoder of(TextEncoderParts parts, Device device) {
        return new FrozenEncoder(PartsSource.of(parts), device);
    }

    private static TextEncoder open(TextEncoderProvider provider, Device device) {
        try {
            return SharedEncoder.open(
                    List.of(provider.reference(), device), () -> provider.open(device));
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e); // a provider throws none
        }
    }

    private static TextEncoder open(Path folder, Device device) throws IOException {
        try {
            return SharedEncoder.open(
                    List.of(folder.toRealPath(), device),
                    () -> new FrozenEncoder(EncoderFolder.read(folder), device));
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e); // the reader throws none
        }
    }

    private static Optional<TextEncoderProvider> named(
            String wanted, Registry<TextEncoderProvider> registry) {
        Optional<TextEncoderProvider> exact = registry.find(wanted);
        if (exact.isPresent()) {
            return exact;
        }
        List<String> begun =
                registry.names().stream()
                        .filter(name -> name.startsWith(wanted.toLowerCase(Locale.ROOT) + "-"))
                        .toList();
        return begun.size() == 1 ? registry.find(begun.get(0)) : Optional.empty();
    }

    private static @Nullable Path folder(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            return null;
        }
    }

    private static List<Path> listedPlaces() {
        String listed = System.getProperty(PROPERTY, System.getenv().getOrDefault(VARIABLE, ""));
        return Stream.of(listed.split(File.pathSeparator))
                .filter(place -> !place.isBlank())
                .map(TextEncoders::folder)
                .filter(Objects::nonNull)
                .toList();
    }

    /** The folder itself, if it may hold an encoder, and else those in it. */
    private static List<Path> encoders(Path place) throws IOException {
        if (Files.isRegularFile(place.resolve(EncoderFolder.CONFIG))) {
            return List.of(place);
        }
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(place)) {
            try (DirectoryStream<Path> content = Files.newDirectoryStream(place)) {
                for (Path folder : content) {
                    if (Files.isRegularFile(folder.resolve(EncoderFolder.CONFIG))) {
                        found.add(folder);
                    }
                }
            }
            found.sort(null);
        }
        return found;
    }

    /** Those of this library's class loader and of the thread's context. */
    private static Registry<TextEncoderProvider> registry() {
        Map<String, TextEncoderProvider> found = new LinkedHashMap<>();
        Stream.of(
                        TextEncoders.class.getClassLoader(),
                        Thread.currentThread().getContextClassLoader())
                .filter(Objects::nonNull)
                .distinct()
                .flatMap(
                        loader ->
                                ServiceLoader.load(TextEncoderProvider.class, loader).stream()
                                        .map(ServiceLoader.Provider::get))
                .forEach(provider -> found.putIfAbsent(provider.reference().name(), provider));
        Registry<TextEncoderProvider> registry =
                new Registry<>("text encoder", provider -> provider.reference().name());
        found.values().forEach(registry::register);
        return registry;
    }
}
