package io.zigma.checkpoint;

import io.zigma.codec.CodecReference;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds codecs by what models name them by. */
public final class CodecFolders {

    /** Path list of folders that hold codecs, in the environment. */
    public static final String VARIABLE = "ZIGMA_CODECS";

    /** The same as a system property. */
    private static final String PROPERTY = "zigma.codecs";

    /** Where codecs lie by themselves: {@code codecs/sd-vae}. */
    private static final String FOLDER = "codecs";

    /** A codec within a model's own folder. */
    private static final String OWN = "codec";

    private CodecFolders() {}

    /**
     * Returns where the codec of a model may be: within its folder as {@code codec}, beside it, or
     * in a folder {@code codecs} beside it or one level up.
     *
     * @param checkpoint the model's folder
     * @return folders of codecs, or folders that hold such folders; they need not exist
     */
    public static List<Path> placesOf(Path checkpoint) {
        Path folder = checkpoint.toAbsolutePath().normalize();
        List<Path> places = new ArrayList<>();
        places.add(folder.resolve(OWN));
        Path parent = folder.getParent();
        if (parent != null) {
            places.add(parent);
            places.add(parent.resolve(FOLDER));
            if (parent.getParent() != null) {
                places.add(parent.getParent().resolve(FOLDER));
            }
        }
        return List.copyOf(places);
    }

    /**
     * Finds a codec by its hash, in some places or in one that the variable {@value #VARIABLE}
     * lists. Folders that hold something else, or a damaged description, are passed over.
     *
     * @param reference what the model's checkpoint says
     * @param places folders of codecs, or folders that hold such folders; those that are missing
     *     are passed over
     * @return the codec, its weights not yet read; or nothing
     * @throws IOException if a place cannot be listed
     */
    public static Optional<CodecFolder> find(CodecReference reference, List<Path> places)
            throws IOException {
        List<Path> all = new ArrayList<>(places);
        all.addAll(listed());
        for (Path place : all) {
            for (Path folder : codecs(place)) {
                Optional<CodecFolder> codec = read(folder);
                if (codec.isPresent() && codec.get().reference().hash().equals(reference.hash())) {
                    return codec;
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<CodecFolder> read(Path folder) {
        try {
            return Optional.of(CodecFolder.open(folder));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The folder itself, if it holds a codec, and else those in it. */
    private static List<Path> codecs(Path place) throws IOException {
        if (CodecFolder.isIn(place)) {
            return List.of(place);
        }
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(place)) {
            try (DirectoryStream<Path> content = Files.newDirectoryStream(place)) {
                for (Path folder : content) {
                    if (CodecFolder.isIn(folder)) {
                        found.add(folder);
                    }
                }
            }
            found.sort(null);
        }
        return found;
    }

    private static List<Path> listed() {
        String list = System.getProperty(PROPERTY, System.getenv().getOrDefault(VARIABLE, ""));
        return Stream.of(list.split(File.pathSeparator))
                .filter(place -> !place.isBlank())
                .flatMap(place -> path(place).stream())
                .toList();
    }

    private static Optional<Path> path(String text) {
        try {
            return Optional.of(Path.of(text));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }
}
