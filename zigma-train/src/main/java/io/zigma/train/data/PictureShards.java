package io.zigma.train.data;

import io.zigma.media.PictureFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Tar files of pictures as WebDataset has them: a sample is files of one name, {@code 000017.jpg},
 * {@code 000017.cls}, {@code 000017.txt}, {@code 000017.json}. One such file, a folder of them, or
 * a pattern such as {@code photos-{000000..000041}.tar}.
 *
 * <p>Tar files of pictures alone are read as {@link ImageArchive} does, with folders for classes,
 * unless a pattern names them.
 */
public final class PictureShards implements DatasetKind {

    /** A sample has a few files, and one is enough to see what a tar file is. */
    private static final int LOOKED_AT = 32;

    private static final Set<String> DESCRIBING =
            Set.of(ShardDescriptions.CLASS, ShardDescriptions.JSON);

    @Override
    public String name() {
        return "shards";
    }

    @Override
    public String description() {
        return "tar shards of WebDataset (NAME.jpg, NAME.cls, NAME.txt, NAME.json)";
    }

    @Override
    public boolean recognises(Path source) throws IOException {
        return areAt(source);
    }

    /**
     * Returns whether a path is that of such shards.
     *
     * @param source a pattern, a file or a folder
     * @return true for a pattern in braces, and for tar files whose first samples have a class or a
     *     description
     * @throws IOException if it cannot be read
     */
    public static boolean areAt(Path source) throws IOException {
        if (ShardPaths.isPattern(source)) {
            return true;
        }
        if (!Files.exists(source)) {
            return false;
        }
        List<Path> files = ShardPaths.of(source);
        return !files.isEmpty() && describesSamples(files.get(0));
    }

    /** Looks at the beginning; what is damaged there is refused by whoever opens it. */
    private static boolean describesSamples(Path file) throws IOException {
        Map<String, Set<String>> endings = new HashMap<>();
        boolean[] found = {false};
        int[] seen = {0};
        try {
            TarShard.visit(
                    file,
                    member -> {
                        Set<String> of =
                                endings.computeIfAbsent(
                                        ShardSample.key(member.name()), key -> new HashSet<>());
                        of.add(ShardSample.ending(member.name()));
                        found[0] |=
                                of.stream().anyMatch(DESCRIBING::contains)
                                        && of.stream().anyMatch(PictureShards::isPicture);
                        seen[0]++;
                        return !found[0] && seen[0] < LOOKED_AT;
                    });
        } catch (DatasetException e) {
            return found[0];
        }
        return found[0];
    }

    private static boolean isPicture(String ending) {
        return NameKind.ofFile("x." + ending) == NameKind.PICTURE;
    }

    @Override
    public ImageDataset open(Path source, DatasetOptions options) throws IOException {
        String shown = FileNames.shown(source);
        PictureFormat format =
                PictureFiles.checked(shown, options.withLabels(List.of())); // names may be given
        List<Path> files = ShardPaths.of(source);
        return ShardPictures.open(source, files, format, options);
    }
}
