<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_US">
<context>
    <name></name>
    <message numerus="yes">
        <source>%Ln file(s)</source>
        <translation>
            <numerusform>%Ln file</numerusform>
            <numerusform>%Ln files</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln thread(s)</source>
        <translation>
            <numerusform>%Ln thread</numerusform>
            <numerusform>%Ln threads</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln token(s)</source>
        <translation>
            <numerusform>%Ln token</numerusform>
            <numerusform>%Ln tokens</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln day(s)</source>
        <translation>
            <numerusform>%Ln day</numerusform>
            <numerusform>%Ln days</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln download(s) last month.</source>
        <translation>
            <numerusform>%Ln download last month.</numerusform>
            <numerusform>%Ln downloads last month.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>AdvancedPage</name>
    <message numerus="yes">
        <source>%Ln value(s) can&apos;t be used here.</source>
        <translation>
            <numerusform>%Ln value can&apos;t be used here.</numerusform>
            <numerusform>%Ln values can&apos;t be used here.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln setting(s) changed</source>
        <translation>
            <numerusform>%Ln setting changed</numerusform>
            <numerusform>%Ln settings changed</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ArchiveRow</name>
    <message numerus="yes">
        <source>Archive, %Ln conversation(s)</source>
        <translation>
            <numerusform>Archive, %Ln conversation</numerusform>
            <numerusform>Archive, %Ln conversations</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>AttachmentChip</name>
    <message numerus="yes">
        <source>%Ln line(s)</source>
        <translation>
            <numerusform>%Ln line</numerusform>
            <numerusform>%Ln lines</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln token(s)</source>
        <translation>
            <numerusform>%Ln token</numerusform>
            <numerusform>%Ln tokens</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>AttachmentList</name>
    <message numerus="yes">
        <source>And %Ln more.</source>
        <translation>
            <numerusform>And %Ln more.</numerusform>
            <numerusform>And %Ln more.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>AttachmentPreview</name>
    <message numerus="yes">
        <source>The first %Ln line(s)</source>
        <translation>
            <numerusform>The first %Ln line</numerusform>
            <numerusform>The first %Ln lines</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ConversationDrag</name>
    <message numerus="yes">
        <source>%Ln item(s)</source>
        <translation>
            <numerusform>%Ln item</numerusform>
            <numerusform>%Ln items</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>DownloadNote</name>
    <message numerus="yes">
        <source>%Ln need(s) you</source>
        <translation>
            <numerusform>%Ln needs you</numerusform>
            <numerusform>%Ln need you</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>EnginePage</name>
    <message numerus="yes">
        <source>%Ln minute(s)</source>
        <translation>
            <numerusform>%Ln minute</numerusform>
            <numerusform>%Ln minutes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln hour(s)</source>
        <translation>
            <numerusform>%Ln hour</numerusform>
            <numerusform>%Ln hours</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln token(s)</source>
        <translation>
            <numerusform>%Ln token</numerusform>
            <numerusform>%Ln tokens</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>EntriesTab</name>
    <message numerus="yes">
        <source>%Ln were deleted.</source>
        <translation>
            <numerusform>%Ln was deleted.</numerusform>
            <numerusform>%Ln were deleted.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FilesTable</name>
    <message numerus="yes">
        <source>and %Ln more</source>
        <translation>
            <numerusform>and %Ln more</numerusform>
            <numerusform>and %Ln more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>All %Ln file(s)</source>
        <translation>
            <numerusform>All %Ln file</numerusform>
            <numerusform>All %Ln files</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Filing</name>
    <message numerus="yes">
        <source>%Ln conversation(s) moved</source>
        <translation>
            <numerusform>%Ln conversation moved</numerusform>
            <numerusform>%Ln conversations moved</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln conversation(s) archived</source>
        <translation>
            <numerusform>%Ln conversation archived</numerusform>
            <numerusform>%Ln conversations archived</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln conversation(s) taken out of the archive</source>
        <translation>
            <numerusform>%Ln conversation taken out of the archive</numerusform>
            <numerusform>%Ln conversations taken out of the archive</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln conversation(s) moved to Trash</source>
        <translation>
            <numerusform>%Ln conversation moved to Trash</numerusform>
            <numerusform>%Ln conversations moved to Trash</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FindBar</name>
    <message numerus="yes">
        <source>%Ln match(es)</source>
        <translation>
            <numerusform>%Ln match</numerusform>
            <numerusform>%Ln matches</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>JumpPill</name>
    <message numerus="yes">
        <source>%Ln new</source>
        <translation>
            <numerusform>%Ln new</numerusform>
            <numerusform>%Ln new</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LibraryTab</name>
    <message numerus="yes">
        <source>%Ln model(s) · {size}</source>
        <translation>
            <numerusform>%Ln model · {size}</numerusform>
            <numerusform>%Ln models · {size}</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Narration</name>
    <message numerus="yes">
        <source>Answer finished, %Ln token(s)</source>
        <translation>
            <numerusform>Answer finished, %Ln token</numerusform>
            <numerusform>Answer finished, %Ln tokens</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>OfferFacts</name>
    <message numerus="yes">
        <source>%Ln token(s)</source>
        <translation>
            <numerusform>%Ln token</numerusform>
            <numerusform>%Ln tokens</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ParametersPanel</name>
    <message numerus="yes">
        <source>%Ln token(s)</source>
        <translation>
            <numerusform>%Ln token</numerusform>
            <numerusform>%Ln tokens</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PrivacyPage</name>
    <message numerus="yes">
        <source>%Ln connection(s) since start.</source>
        <translation>
            <numerusform>%Ln connection since start.</numerusform>
            <numerusform>%Ln connections since start.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>QuantizePanel</name>
    <message numerus="yes">
        <source>%Ln more wait(s)</source>
        <translation>
            <numerusform>%Ln more waits</numerusform>
            <numerusform>%Ln more wait</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ShownConversation</name>
    <message numerus="yes">
        <source>%Ln answer(s) interrupted when Chatapp ended</source>
        <translation>
            <numerusform>%Ln answer interrupted when Chatapp ended</numerusform>
            <numerusform>%Ln answers interrupted when Chatapp ended</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TrashRow</name>
    <message numerus="yes">
        <source>Trash, %Ln conversation(s)</source>
        <translation>
            <numerusform>Trash, %Ln conversation</numerusform>
            <numerusform>Trash, %Ln conversations</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TuningDialog</name>
    <message numerus="yes">
        <source>Measured {time}: %Ln thread(s), {flash}.</source>
        <translation>
            <numerusform>Measured {time}: %Ln thread, {flash}.</numerusform>
            <numerusform>Measured {time}: %Ln threads, {flash}.</numerusform>
        </translation>
    </message>
</context>
</TS>
