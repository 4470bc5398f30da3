package io.zigma.train.data;

import io.zigma.base.Registry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/** Opens data sets of every known kind. */
public final class Datasets {

    // the kind that was added last is asked first, so that a special one comes before a general one
    private static final Registry<DatasetKind> KINDS =
            new Registry<DatasetKind>("kind of data set", DatasetKind::name)
                    .register(new ImageFolder())
                    .register(new ImageArchive())
                    .register(new IdxFolder.Kind())
                    .register(new PictureShards())
                    .register(new LatentShards());

    private Datasets() {}

    /**
     * Adds a kind, which is asked before those that were there.
     *
     * @param kind the new kind
     * @throws IllegalArgumentException if another of the same name is there
     */
    public static void register(DatasetKind kind) {
        KINDS.register(kind);
    }

    /**
     * Opens a data set, whatever its kind.
     *
     * @param source a folder, a file, or a pattern of shards such as {@code photos-{00..41}.tar}
     * @param options size, labels, part, memory
     * @return the data set, checked
     * @throws DatasetException if there is nothing, no kind fits, or the data is damaged
     * @throws IOException if reading fails
     */
    public static ImageDataset open(Path source, DatasetOptions options) throws IOException {
        String shown = FileNames.shown(source);
        if (!Files.exists(source) && !ShardPaths.isPattern(source)) {
            throw new DatasetException(
                    Files.isSymbolicLink(source)
                            ? "%s: this is a link to %s, which is not there"
                                    .formatted(
                                            shown, FileNames.shown(Files.readSymbolicLink(source)))
                            : "%s: there is no such folder or file".formatted(shown));
        }
        List<DatasetKind> kinds = new ArrayList<>(KINDS.all());
        Collections.reverse(kinds);
        for (DatasetKind kind : kinds) {
            if (kind.recognises(source)) {
                return kind.open(source, options);
            }
        }
        throw new DatasetException(
                "%s: this is a file of no kind that can be read; a data set is %s"
                        .formatted(shown, descriptions()));
    }

    /** Describes the kinds of data sets. */
    static String descriptions() {
        return KINDS.all().stream()
                .map(DatasetKind::description)
                .collect(Collectors.joining(", or "));
    }
}
