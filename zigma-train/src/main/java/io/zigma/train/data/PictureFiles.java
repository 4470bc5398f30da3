package io.zigma.train.data;

import io.zigma.base.Amount;
import io.zigma.io.ContentHash;
import io.zigma.media.PictureDecoder;
import io.zigma.media.PictureFormat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Picture files of any size, brought to one: what a folder and an archive have in common.
 *
 * <p>Every picture is decoded once when the data set is opened, so that a damaged one is known by
 * then, and stored in memory while there is room; the others are decoded again whenever they are
 * read.
 */
final class PictureFiles extends LabelledFiles {

    static final int NO_CLASS = -1;

    private final List<Entry> entries;

    /** A picture that can be read; its decoded bytes if they are in memory; what is said of it. */
    private record Entry(
            PictureTree.Leaf file,
            int label,
            byte @Nullable [] decoded,
            @Nullable Captioned captioned)
            implements Sample {}

    private PictureFiles(Opening opening, PictureTree.Branch root, Findings findings) {
        super(
                root.name(),
                opening.format,
                opening.entries,
                opening.labels,
                opening.hash,
                findings,
                root.shown());
        this.entries = List.copyOf(opening.entries);
    }

    /**
     * Refuses options that do not fit picture files.
     *
     * @param shown the data set's path, for the refusal
     * @return the format
     */
    static PictureFormat checked(String shown, DatasetOptions options) throws DatasetException {
        PictureFormat format = options.format();
        if (format == null) {
            throw new DatasetException(
                    "%s: picture files have many sizes; say which one to bring them to"
                            .formatted(shown));
        }
        if (!options.labels().isEmpty()) {
            throw new DatasetException(
                    "%s: classes are called as their sub-folders are; leave the label names out"
                            .formatted(shown));
        }
        if (options.split() != Split.TRAIN) {
            throw new DatasetException(
                    "%s: pictures in files have no test part; give the folder of the test pictures"
                            .formatted(shown));
        }
        return format;
    }

    /**
     * Reads all pictures of a tree.
     *
     * @param root names of pictures and folders
     * @param findings takes note of what is left out
     * @param store pictures stored between runs
     * @throws DatasetException if there are none, or a whole class cannot be read
     */
    static PictureFiles open(
            PictureTree.Branch root, DatasetOptions options, Findings findings, PictureStore store)
            throws DatasetException {
        PictureFormat format = checked(root.shown(), options);
        CaptionFiles captions = CaptionFiles.of(root);
        boolean everything = options.everything() || captions.describedAtRoot();
        List<ClassLayout.Part> all = ClassLayout.of(root, everything, findings);
        List<ClassLayout.Part> captioned = captions.chosen(all, findings);
        List<ClassLayout.Part> parts = captioned == null ? all : captioned;
        List<PictureTree.Leaf> files =
                parts.stream().flatMap(part -> part.files().stream()).toList();
        List<PictureReading.Attempt> attempts =
                new PictureReading(format, options, store).readAll(files, findings::warn);
        Opening opening = new Opening(format, captioned == null ? null : captions);
        int from = 0;
        for (ClassLayout.Part part : parts) {
            int to = from + part.files().size();
            opening.add(root, part, attempts.subList(from, to), findings);
            from = to;
        }
        if (opening.entries.isEmpty()) {
            List<SkippedFile> skipped = findings.skipped();
            throw new DatasetException(
                    skipped.isEmpty()
                            ? "%s: no pictures found%s; a data set is %s"
                                    .formatted(
                                            root.shown(),
                                            findings.others().isEmpty()
                                                    ? ""
                                                    : " but " + findings.others(),
                                            Datasets.descriptions())
                            : skipped.size() == 1
                                    ? "%s: its one picture cannot be read: %s"
                                            .formatted(root.shown(), skipped.get(0))
                                    : "%s: none of its %s can be read; the first is %s"
                                            .formatted(
                                                    root.shown(),
                                                    Amount.of(skipped.size(), "picture"),
                                                    skipped.get(0)));
        }
        opening.warnOfAnimations(root, findings);
        return new PictureFiles(opening, root, findings);
    }

    /** What is gathered while a data set is opened. */
    private static final class Opening {

        private final PictureFormat format;
        private final @Nullable CaptionFiles captions;
        private final List<Entry> entries = new ArrayList<>();
        private final List<String> labels = new ArrayList<>();
        private final List<String> animated = new ArrayList<>();
        private final ContentHash hash = new ContentHash();

        Opening(PictureFormat format, @Nullable CaptionFiles captions) {
            this.format = format;
            this.captions = captions;
        }

        void add(
                PictureTree.Branch root,
                ClassLayout.Part part,
                List<PictureReading.Attempt> attempts,
                Findings findings)
                throws DatasetException {
            int label = part.label() == null ? NO_CLASS : labels.size();
            int before = entries.size();
            SkippedFile first = null;
            for (int i = 0; i < attempts.size(); i++) {
                PictureReading.Attempt attempt = attempts.get(i);
                PictureTree.Leaf file = part.files().get(i);
                if (attempt.failure() != null) {
                    findings.skip(file.shown(), attempt.failure());
                    first =
                            first == null
                                    ? new SkippedFile(file.shown(), attempt.failure())
                                    : first;
                    continue;
                }
                Captioned captioned = captions == null ? null : captions.of(file);
                entries.add(new Entry(file, label, attempt.decoded(), captioned));
                LabelledFiles.add(hash, part.folder(), attempt.sha256(), captioned);
                if (attempt.pictures() > 1) {
                    animated.add(file.shown());
                }
            }
            if (part.label() == null) {
                return;
            }
            if (entries.size() == before) {
                throw new DatasetException(
                        "%s: nothing of class '%s' can be read (it has %s), and a class must not be lost; repair or remove its folder. The first is %s"
                                .formatted(
                                        root.shown(),
                                        part.label(),
                                        Amount.of(attempts.size(), "picture"),
                                        first));
            }
            labels.add(part.label());
        }

        void warnOfAnimations(PictureTree.Branch root, Findings findings) {
            if (!animated.isEmpty()) {
                findings.warn(
                        "%s: of %s with several pictures each, the first picture is taken: %s"
                                .formatted(
                                        root.shown(),
                                        animated.size() == 1
                                                ? "1 file"
                                                : animated.size() + " files",
                                        Findings.named(animated)));
            }
        }
    }

    @Override
    byte[] decode(int index) throws IOException {
        return PictureDecoder.frame(entries.get(index).file().source(), format()).pixels();
    }

    @Override
    String shown(int index) {
        return entries.get(index).file().shown();
    }
}
