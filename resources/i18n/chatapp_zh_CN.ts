<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>Actions</name>
    <message>
        <source>New conversation</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Find in conversation</source>
        <translation>在对话中查找</translation>
    </message>
    <message>
        <source>Find next</source>
        <translation>查找下一个</translation>
    </message>
    <message>
        <source>Find previous</source>
        <translation>查找上一个</translation>
    </message>
    <message>
        <source>Show or hide conversations</source>
        <translation>显示或隐藏对话列表</translation>
    </message>
    <message>
        <source>Choose a model</source>
        <translation>选择模型</translation>
    </message>
    <message>
        <source>Write a message</source>
        <translation>写消息</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Pin</source>
        <translation>置顶</translation>
    </message>
    <message>
        <source>Move to Trash</source>
        <translation>移到废纸篓</translation>
    </message>
    <message>
        <source>Open log folder</source>
        <translation>打开日志文件夹</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>Like the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>High contrast</source>
        <translation>高对比度</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>外观</translation>
    </message>
</context>
<context>
    <name>AnswerFooter</name>
    <message>
        <source>Continue</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Copy answer</source>
        <translation>复制回答</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
    <message>
        <source>Edit answer</source>
        <translation>编辑回答</translation>
    </message>
    <message>
        <source>Branch into a new conversation</source>
        <translation>从这里另开新对话</translation>
    </message>
    <message>
        <source>Good answer</source>
        <translation>好的回答</translation>
    </message>
    <message>
        <source>Bad answer</source>
        <translation>不好的回答</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>详情</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Open log folder</source>
        <translation>打开日志文件夹</translation>
    </message>
</context>
<context>
    <name>AnswerState</name>
    <message>
        <source>You stopped this answer.</source>
        <translation>你停止了这个回答。</translation>
    </message>
    <message>
        <source>Chatapp closed while this was being written.</source>
        <translation>生成这个回答时 Chatapp 关闭了。</translation>
    </message>
    <message>
        <source>The answer reached its length limit.</source>
        <translation>回答已达到长度上限。</translation>
    </message>
    <message>
        <source>The conversation is as long as the model can read.</source>
        <translation>对话已达到模型的上下文长度。</translation>
    </message>
    <message>
        <source>The answer could not be finished</source>
        <translation>回答未能完成</translation>
    </message>
    <message>
        <source>What was written is saved.</source>
        <translation>已写出的内容都已保存。</translation>
    </message>
    <message>
        <source>The answer could not be saved</source>
        <translation>回答未能保存</translation>
    </message>
    <message>
        <source>It is kept here and saved when that is possible again.</source>
        <translation>内容暂时保留在这里，可以保存时会自动保存。</translation>
    </message>
    <message>
        <source>The message is too long</source>
        <translation>消息太长</translation>
    </message>
    <message>
        <source>The model can&apos;t be used</source>
        <translation>模型无法使用</translation>
    </message>
    <message>
        <source>There is no answer</source>
        <translation>没有得到回答</translation>
    </message>
    <message>
        <source>Your message is saved.</source>
        <translation>你的消息已保存。</translation>
    </message>
    <message>
        <source>{percent}%</source>
        <translation>{percent}%</translation>
    </message>
    <message>
        <source>Loading the model</source>
        <translation>正在加载模型</translation>
    </message>
    <message>
        <source>{done} of {total} tokens</source>
        <translation>{done} / {total} 个词元</translation>
    </message>
    <message>
        <source>{count} reused</source>
        <translation>复用 {count} 个</translation>
    </message>
    <message>
        <source>Reading the prompt</source>
        <translation>正在读取提示</translation>
    </message>
    <message>
        <source>Waiting for another answer</source>
        <translation>正在等待另一个回答</translation>
    </message>
    <message>
        <source>Writing</source>
        <translation>正在生成</translation>
    </message>
    <message>
        <source>first token {seconds} s</source>
        <translation>首词元 {seconds} 秒</translation>
    </message>
    <message>
        <source>{count} of {total} prompt tokens reused</source>
        <translation>提示的 {total} 个词元中复用 {count} 个</translation>
    </message>
    <message>
        <source>seed {seed}</source>
        <translation>种子 {seed}</translation>
    </message>
    <message>
        <source>edited</source>
        <translation>已编辑</translation>
    </message>
    <message>
        <source>1 token</source>
        <translation>1 个词元</translation>
    </message>
    <message>
        <source>{count} tokens</source>
        <translation>{count} 个词元</translation>
    </message>
    <message>
        <source>{speed} tokens/s</source>
        <translation>{speed} 词元/秒</translation>
    </message>
</context>
<context>
    <name>AttachmentChip</name>
    <message>
        <source>Remove {name}</source>
        <translation>移除 {name}</translation>
    </message>
    <message>
        <source>Reading…</source>
        <translation>正在读取…</translation>
    </message>
    <message>
        <source>1 line</source>
        <translation>1 行</translation>
    </message>
    <message>
        <source>{count} lines</source>
        <translation>{count} 行</translation>
    </message>
    <message>
        <source>1 token</source>
        <translation>1 个词元</translation>
    </message>
    <message>
        <source>{count} tokens</source>
        <translation>{count} 个词元</translation>
    </message>
</context>
<context>
    <name>AttachmentList</name>
    <message>
        <source>Attachments</source>
        <translation>附件</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Pasted text</source>
        <translation>粘贴的文本</translation>
    </message>
    <message>
        <source>At most {count} files can go with one message.</source>
        <translation>一条消息最多附带 {count} 个文件。</translation>
    </message>
    <message>
        <source>And {count} more.</source>
        <translation>还有 {count} 个。</translation>
    </message>
</context>
<context>
    <name>AttachmentPreview</name>
    <message>
        <source>Content</source>
        <translation>内容</translation>
    </message>
    <message>
        <source>The first {count} lines</source>
        <translation>前 {count} 行</translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>Details</source>
        <translation>详情</translation>
    </message>
</context>
<context>
    <name>ChatPane</name>
    <message>
        <source>The conversation can&apos;t be opened</source>
        <translation>无法打开对话</translation>
    </message>
    <message>
        <source>The message was not sent</source>
        <translation>消息未发送</translation>
    </message>
    <message>
        <source>The answer was not begun</source>
        <translation>回答未能开始</translation>
    </message>
    <message>
        <source>Nothing was changed</source>
        <translation>没有任何更改</translation>
    </message>
    <message>
        <source>What you are writing can&apos;t be kept</source>
        <translation>无法保存正在输入的内容</translation>
    </message>
</context>
<context>
    <name>CodeLayout</name>
    <message>
        <source>Copy code</source>
        <translation>复制代码</translation>
    </message>
    <message>
        <source>Save code as a file</source>
        <translation>将代码存为文件</translation>
    </message>
    <message>
        <source>Wrap lines</source>
        <translation>自动换行</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
</context>
<context>
    <name>Composer</name>
    <message>
        <source>Attach files</source>
        <translation>添加文件</translation>
    </message>
    <message>
        <source>Write the next message. It is sent when this answer ends.</source>
        <translation>写下一条消息。这个回答结束后就会发送。</translation>
    </message>
    <message>
        <source>Message {model}</source>
        <translation>给 {model} 发消息</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>写消息</translation>
    </message>
</context>
<context>
    <name>ConversationDelegate</name>
    <message>
        <source>Title of this conversation</source>
        <translation>对话标题</translation>
    </message>
</context>
<context>
    <name>ConversationListModel</name>
    <message>
        <source>Pinned</source>
        <translation>置顶</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>今天</translation>
    </message>
    <message>
        <source>Yesterday</source>
        <translation>昨天</translation>
    </message>
    <message>
        <source>Previous 7 days</source>
        <translation>过去 7 天</translation>
    </message>
    <message>
        <source>Previous 30 days</source>
        <translation>过去 30 天</translation>
    </message>
    <message>
        <source>MMMM</source>
        <comment>a month of this year: a date format of Qt</comment>
        <translation>M 月</translation>
    </message>
    <message>
        <source>MMMM yyyy</source>
        <comment>a month: a date format of Qt</comment>
        <translation>yyyy 年 M 月</translation>
    </message>
    <message>
        <source>New conversation</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>pinned</source>
        <translation>已置顶</translation>
    </message>
    <message>
        <source>an answer is being written</source>
        <translation>正在生成回答</translation>
    </message>
    <message>
        <source>new answer</source>
        <translation>有新回答</translation>
    </message>
</context>
<context>
    <name>ConversationPanel</name>
    <message>
        <source>Moved to Trash</source>
        <translation>已移到废纸篓</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
</context>
<context>
    <name>ConversationView</name>
    <message>
        <source>Conversations</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
</context>
<context>
    <name>DetailsBlock</name>
    <message>
        <source>Details</source>
        <translation>详情</translation>
    </message>
    <message>
        <source>Open log folder</source>
        <translation>打开日志文件夹</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
</context>
<context>
    <name>ErrorDialog</name>
    <message>
        <source>Chatapp ended unexpectedly last time</source>
        <translation>Chatapp 上次意外退出</translation>
    </message>
    <message>
        <source>Your conversations are saved. The details below stay on this computer; nothing is sent anywhere.</source>
        <translation>你的对话都已保存。下面的详情只留在这台电脑上，不会发送出去。</translation>
    </message>
    <message>
        <source>Something unexpected happened</source>
        <translation>发生了意外错误</translation>
    </message>
    <message>
        <source>Your conversations are saved and you can go on. The details below stay on this computer; nothing is sent anywhere.</source>
        <translation>你的对话都已保存，可以继续使用。下面的详情只留在这台电脑上，不会发送出去。</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>FindBar</name>
    <message>
        <source>Find in this conversation</source>
        <translation>在这个对话中查找</translation>
    </message>
    <message>
        <source>Previous match</source>
        <translation>上一个匹配项</translation>
    </message>
    <message>
        <source>Next match</source>
        <translation>下一个匹配项</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>查找</translation>
    </message>
    <message>
        <source>Searching</source>
        <translation>正在查找</translation>
    </message>
    <message>
        <source>About {total}</source>
        <translation>约 {total} 个</translation>
    </message>
    <message>
        <source>No matches</source>
        <translation>没有匹配项</translation>
    </message>
    <message>
        <source>{number} of {total}</source>
        <translation>第 {number} 个，共 {total} 个</translation>
    </message>
    <message>
        <source>1 match</source>
        <translation>1 个匹配项</translation>
    </message>
    <message>
        <source>{total} matches</source>
        <translation>{total} 个匹配项</translation>
    </message>
</context>
<context>
    <name>ImageLayout</name>
    <message>
        <source>Image</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>{name} can&apos;t be shown</source>
        <translation>无法显示 {name}</translation>
    </message>
</context>
<context>
    <name>JumpPill</name>
    <message>
        <source>Jump to latest</source>
        <translation>跳到最新</translation>
    </message>
    <message>
        <source>{count} new</source>
        <translation>{count} 条新消息</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>The settings could not be read and were put aside as {}.</source>
        <translation>无法读取设置，原文件已另存为 {}。</translation>
    </message>
    <message>
        <source>This conversation was moved to the Trash elsewhere.</source>
        <translation>这个对话已在别处移到废纸篓。</translation>
    </message>
    <message>
        <source>Connected to {host}: {reason}</source>
        <translation>已连接 {host}：{reason}</translation>
    </message>
    <message>
        <source>No connections since start</source>
        <translation>启动以来没有联网</translation>
    </message>
</context>
<context>
    <name>MessageActions</name>
    <message>
        <source>Save code</source>
        <translation>保存代码</translation>
    </message>
    <message>
        <source>Saved as {name}</source>
        <translation>已保存为 {name}</translation>
    </message>
    <message>
        <source>Your note was deleted</source>
        <translation>你的备注已删除</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Message deleted</source>
        <translation>消息已删除</translation>
    </message>
    <message>
        <source>Changes discarded</source>
        <translation>已放弃更改</translation>
    </message>
    <message>
        <source>Another answer is being written</source>
        <translation>另一个回答正在生成</translation>
    </message>
    <message>
        <source>Choose a model first</source>
        <translation>先选择一个模型</translation>
    </message>
</context>
<context>
    <name>MessageDetails</name>
    <message>
        <source>Details of this answer</source>
        <translation>这个回答的详情</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Run again exactly</source>
        <translation>完全重新运行</translation>
    </message>
    <message>
        <source>How this answer was made</source>
        <translation>这个回答是怎样生成的</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
    <message>
        <source>Written</source>
        <translation>生成时间</translation>
    </message>
    <message>
        <source>Edited</source>
        <translation>编辑</translation>
    </message>
    <message>
        <source>by a person; the figures are those of the first version</source>
        <translation>由人编辑；这些数字属于最初的版本</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Quantization</source>
        <translation>量化</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Changed parameters</source>
        <translation>更改过的参数</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>{count} tokens</source>
        <translation>{count} 个词元</translation>
    </message>
    <message>
        <source>{count} of them reused</source>
        <translation>其中 {count} 个复用</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>提示</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>First token</source>
        <translation>首个词元</translation>
    </message>
    <message>
        <source>Thinking</source>
        <translation>正在思考</translation>
    </message>
    <message>
        <source>Writing</source>
        <translation>正在生成</translation>
    </message>
    <message>
        <source>{seconds} s</source>
        <translation>{seconds} 秒</translation>
    </message>
    <message>
        <source>{speed} tokens/s</source>
        <translation>{speed} 词元/秒</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>速度</translation>
    </message>
    <message>
        <source>Ended</source>
        <translation>结束原因</translation>
    </message>
    <message>
        <source>The model came to its end.</source>
        <translation>模型自行结束。</translation>
    </message>
    <message>
        <source>The length limit was reached.</source>
        <translation>达到长度上限。</translation>
    </message>
    <message>
        <source>The context was full.</source>
        <translation>上下文已满。</translation>
    </message>
    <message>
        <source>You stopped it.</source>
        <translation>你停止了它。</translation>
    </message>
    <message>
        <source>An error ended it.</source>
        <translation>因错误而结束。</translation>
    </message>
</context>
<context>
    <name>MessageEditor</name>
    <message>
        <source>Edit message</source>
        <translation>编辑消息</translation>
    </message>
    <message>
        <source>Edit answer</source>
        <translation>编辑回答</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>发送</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>The message before stays as another version.</source>
        <translation>原来的消息会保留为另一个版本。</translation>
    </message>
    <message>
        <source>The answer before stays as another version.</source>
        <translation>原来的回答会保留为另一个版本。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>MessageItem</name>
    <message>
        <source>Earlier version</source>
        <translation>上一个版本</translation>
    </message>
    <message>
        <source>Later version</source>
        <translation>下一个版本</translation>
    </message>
    <message>
        <source>Copy message</source>
        <translation>复制消息</translation>
    </message>
    <message>
        <source>Edit message</source>
        <translation>编辑消息</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
</context>
<context>
    <name>MessageMenu</name>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Edit…</source>
        <translation>编辑…</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Branch into a new conversation</source>
        <translation>从这里另开新对话</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>There is no text yet</source>
        <translation>还没有文本</translation>
    </message>
    <message>
        <source>Copy as plain text</source>
        <translation>复制为纯文本</translation>
    </message>
    <message>
        <source>There is nothing to continue</source>
        <translation>没有可以继续的内容</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>This answer is still being written</source>
        <translation>这个回答还在生成</translation>
    </message>
    <message>
        <source>Good answer</source>
        <translation>好的回答</translation>
    </message>
    <message>
        <source>Bad answer</source>
        <translation>不好的回答</translation>
    </message>
    <message>
        <source>Note…</source>
        <translation>备注…</translation>
    </message>
    <message>
        <source>Details…</source>
        <translation>详情…</translation>
    </message>
    <message>
        <source>Run again exactly</source>
        <translation>完全重新运行</translation>
    </message>
    <message>
        <source>Another answer is being written</source>
        <translation>另一个回答正在生成</translation>
    </message>
    <message>
        <source>Choose a model first</source>
        <translation>先选择一个模型</translation>
    </message>
    <message>
        <source>It is not known how this answer was made</source>
        <translation>不知道这个回答是怎样生成的</translation>
    </message>
    <message>
        <source>It was made by {model}: choose that model first</source>
        <translation>它由 {model} 生成：请先选择该模型</translation>
    </message>
</context>
<context>
    <name>ModelChip</name>
    <message>
        <source>No model</source>
        <translation>没有模型</translation>
    </message>
    <message>
        <source>Starter</source>
        <translation>入门</translation>
    </message>
    <message>
        <source>There is no model on this computer. Choose one to begin.</source>
        <translation>这台电脑上没有模型。先选择一个。</translation>
    </message>
    <message>
        <source>{model} is ready.</source>
        <translation>{model} 已就绪。</translation>
    </message>
    <message>
        <source>{model} is being loaded, {percent}.</source>
        <translation>正在加载 {model}，{percent}。</translation>
    </message>
    <message>
        <source>{model} can&apos;t be used.</source>
        <translation>{model} 无法使用。</translation>
    </message>
    <message>
        <source>{model} is loaded when the next message is sent.</source>
        <translation>发送下一条消息时加载 {model}。</translation>
    </message>
</context>
<context>
    <name>ModelChoice</name>
    <message>
        <source>Add model from file</source>
        <translation>从文件添加模型</translation>
    </message>
    <message>
        <source>Models (*.gguf)</source>
        <translation>模型 (*.gguf)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
</context>
<context>
    <name>ModelPicker</name>
    <message>
        <source>Choose a model</source>
        <translation>选择模型</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>There is no model on this computer yet.</source>
        <translation>这台电脑上还没有模型。</translation>
    </message>
    <message>
        <source>Add model from file…</source>
        <translation>从文件添加模型…</translation>
    </message>
    <message>
        <source>Open models folder</source>
        <translation>打开模型文件夹</translation>
    </message>
</context>
<context>
    <name>Narration</name>
    <message>
        <source>The answer begins</source>
        <translation>回答开始</translation>
    </message>
    <message>
        <source>Answer finished, 1 token</source>
        <translation>回答完成，1 个词元</translation>
    </message>
    <message>
        <source>Answer finished, {count} tokens</source>
        <translation>回答完成，{count} 个词元</translation>
    </message>
    <message>
        <source>Answer finished</source>
        <translation>回答完成</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>You</source>
        <translation>你</translation>
    </message>
    <message>
        <source>You, with {files}</source>
        <translation>你，附带 {files}</translation>
    </message>
    <message>
        <source>Instructions</source>
        <translation>指令</translation>
    </message>
    <message>
        <source>{speaker}: {words}</source>
        <translation>{speaker}：{words}</translation>
    </message>
    <message>
        <source>Version {version} of {count}</source>
        <translation>第 {version} 个版本，共 {count} 个</translation>
    </message>
</context>
<context>
    <name>Notices</name>
    <message>
        <source>Safe settings: one thread, no graphics card, a short context.</source>
        <translation>安全设置：单线程，不用显卡，上下文较短。</translation>
    </message>
    <message>
        <source>The model can&apos;t be used</source>
        <translation>模型无法使用</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Choose another model</source>
        <translation>选择其他模型</translation>
    </message>
    <message>
        <source>Load with safe settings</source>
        <translation>用安全设置加载</translation>
    </message>
    <message>
        <source>The model brings no chat template. A common format is used instead.</source>
        <translation>模型没有自带对话模板，已改用通用格式。</translation>
    </message>
    <message>
        <source>The model&apos;s chat template can&apos;t be used. A common one is used instead.</source>
        <translation>模型的对话模板无法使用，已改用通用模板。</translation>
    </message>
    <message>
        <source>Answers may be poor</source>
        <translation>回答质量可能不佳</translation>
    </message>
</context>
<context>
    <name>PromptInput</name>
    <message>
        <source>Message</source>
        <translation>消息</translation>
    </message>
</context>
<context>
    <name>QueueList</name>
    <message>
        <source>Messages that wait</source>
        <translation>等待发送的消息</translation>
    </message>
    <message>
        <source>Then: {text}</source>
        <translation>然后：{text}</translation>
    </message>
    <message>
        <source>Not sent yet: {text}</source>
        <translation>尚未发送：{text}</translation>
    </message>
    <message>
        <source>Next: {text}</source>
        <translation>接下来：{text}</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>编辑</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Send now</source>
        <translation>立即发送</translation>
    </message>
</context>
<context>
    <name>QuitDialog</name>
    <message>
        <source>Quit Chatapp?</source>
        <translation>退出 Chatapp？</translation>
    </message>
    <message>
        <source>An answer is still being written. Quit and keep what there is?</source>
        <translation>还有回答正在生成。要保留现有内容并退出吗？</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
</context>
<context>
    <name>RatingPopup</name>
    <message>
        <source>What do you think of this answer?</source>
        <translation>你觉得这个回答怎么样？</translation>
    </message>
    <message>
        <source>What was good?</source>
        <translation>好在哪里？</translation>
    </message>
    <message>
        <source>What was wrong?</source>
        <translation>哪里不对？</translation>
    </message>
    <message>
        <source>A better answer</source>
        <translation>更好的回答</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>It stays on this computer.</source>
        <translation>内容只保存在这台电脑上。</translation>
    </message>
</context>
<context>
    <name>ReasoningLayout</name>
    <message>
        <source>{seconds} s</source>
        <translation>{seconds} 秒</translation>
    </message>
    <message>
        <source>Thinking</source>
        <translation>正在思考</translation>
    </message>
    <message>
        <source>Thoughts</source>
        <translation>思考过程</translation>
    </message>
    <message>
        <source>Thought for {seconds} s</source>
        <translation>思考了 {seconds} 秒</translation>
    </message>
</context>
<context>
    <name>SearchField</name>
    <message>
        <source>Clear</source>
        <translation>清除</translation>
    </message>
</context>
<context>
    <name>SendButton</name>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>发送</translation>
    </message>
    <message>
        <source>Write a message first</source>
        <translation>先写一条消息</translation>
    </message>
</context>
<context>
    <name>Sidebar</name>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>New conversation</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>Trash</source>
        <translation>废纸篓</translation>
    </message>
    <message>
        <source>Back to the conversations</source>
        <translation>返回对话列表</translation>
    </message>
    <message>
        <source>Deleted for good after 30 days.</source>
        <translation>30 天后永久删除。</translation>
    </message>
    <message>
        <source>Nothing found for “{query}”.</source>
        <translation>没有找到“{query}”。</translation>
    </message>
    <message>
        <source>The Trash is empty.</source>
        <translation>废纸篓是空的。</translation>
    </message>
    <message>
        <source>No conversations yet. Write a message to start one.</source>
        <translation>还没有对话。发一条消息就开始了。</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>Delete for good…</source>
        <translation>永久删除…</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Unpin</source>
        <translation>取消置顶</translation>
    </message>
    <message>
        <source>Pin</source>
        <translation>置顶</translation>
    </message>
    <message>
        <source>Move to Trash</source>
        <translation>移到废纸篓</translation>
    </message>
    <message>
        <source>Delete “{title}” for good?</source>
        <translation>永久删除“{title}”？</translation>
    </message>
    <message>
        <source>The conversation and all of its messages are lost. This can&apos;t be undone.</source>
        <translation>这个对话和其中的所有消息都会被删除，无法撤销。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Delete for good</source>
        <translation>永久删除</translation>
    </message>
</context>
<context>
    <name>StatusLine</name>
    <message>
        <source>First token {seconds} s</source>
        <translation>首词元 {seconds} 秒</translation>
    </message>
    <message>
        <source>Context {used} of {total}</source>
        <translation>上下文 {used} / {total}</translation>
    </message>
    <message>
        <source>Memory {size}</source>
        <translation>内存 {size}</translation>
    </message>
    <message>
        <source>{speed} tokens/s</source>
        <translation>{speed} 词元/秒</translation>
    </message>
    <message>
        <source>Waiting for another answer</source>
        <translation>正在等待另一个回答</translation>
    </message>
    <message>
        <source>Loading the model, {percent}</source>
        <translation>正在加载模型，{percent}</translation>
    </message>
    <message>
        <source>Reading the prompt, {percent}</source>
        <translation>正在读取提示，{percent}</translation>
    </message>
    <message>
        <source>Writing</source>
        <translation>正在生成</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>就绪</translation>
    </message>
    <message>
        <source>The model can&apos;t be used</source>
        <translation>模型无法使用</translation>
    </message>
    <message>
        <source>No model loaded</source>
        <translation>未加载模型</translation>
    </message>
    <message>
        <source>{count} reused</source>
        <translation>复用 {count} 个</translation>
    </message>
</context>
<context>
    <name>TokenMeter</name>
    <message>
        <source>Context</source>
        <translation>上下文</translation>
    </message>
    <message>
        <source>This is more than the model can read.</source>
        <translation>这超出了模型能读取的长度。</translation>
    </message>
    <message>
        <source>The context is nearly full.</source>
        <translation>上下文快满了。</translation>
    </message>
    <message>
        <source>{used} of {total}</source>
        <translation>{used} / {total}</translation>
    </message>
    <message>
        <source>{used} of {total} tokens of the context: {before} so far and {added} of this message.</source>
        <translation>上下文 {total} 个词元中的 {used} 个：目前 {before} 个，这条消息 {added} 个。</translation>
    </message>
    <message>
        <source>{used} of {total} tokens of the context are used.</source>
        <translation>上下文 {total} 个词元已使用 {used} 个。</translation>
    </message>
</context>
<context>
    <name>TopBar</name>
    <message>
        <source>Show conversations</source>
        <translation>显示对话列表</translation>
    </message>
    <message>
        <source>Title of this conversation</source>
        <translation>对话标题</translation>
    </message>
    <message>
        <source>Find in conversation</source>
        <translation>在对话中查找</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>New conversation</source>
        <translation>新对话</translation>
    </message>
</context>
<context>
    <name>TranscriptCanvas</name>
    <message>
        <source>Conversation</source>
        <translation>对话</translation>
    </message>
</context>
<context>
    <name>TranscriptView</name>
    <message>
        <source>Another answer is being written</source>
        <translation>另一个回答正在生成</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy as Markdown</source>
        <translation>复制为 Markdown</translation>
    </message>
    <message>
        <source>Select all</source>
        <translation>全选</translation>
    </message>
    <message>
        <source>Open link</source>
        <translation>打开链接</translation>
    </message>
    <message>
        <source>Copy link address</source>
        <translation>复制链接地址</translation>
    </message>
</context>
<context>
    <name>TrashRow</name>
    <message>
        <source>Trash</source>
        <translation>废纸篓</translation>
    </message>
    <message>
        <source>Trash, 1 conversation</source>
        <translation>废纸篓，1 个对话</translation>
    </message>
    <message>
        <source>Trash, {count} conversations</source>
        <translation>废纸篓，{count} 个对话</translation>
    </message>
</context>
<context>
    <name>Welcome</name>
    <message>
        <source>What would you like to do?</source>
        <translation>想做点什么？</translation>
    </message>
    <message>
        <source>Everything you type stays on this computer.</source>
        <translation>你输入的内容只保存在这台电脑上。</translation>
    </message>
    <message>
        <source>Rewrite this so it is polite but firm</source>
        <translation>改写得礼貌而坚定</translation>
    </message>
    <message>
        <source>Paste a message or an e-mail</source>
        <translation>粘贴一条消息或一封邮件</translation>
    </message>
    <message>
        <source>Rewrite this message so that it is polite but firm:</source>
        <translation>把下面这条消息改写得礼貌而坚定：</translation>
    </message>
    <message>
        <source>Translate a paragraph into Chinese</source>
        <translation>把一段话翻译成英文</translation>
    </message>
    <message>
        <source>Or any other pair of languages</source>
        <translation>也可以是其他任意两种语言</translation>
    </message>
    <message>
        <source>Translate this paragraph into Chinese:</source>
        <translation>把下面这段话翻译成英文：</translation>
    </message>
    <message>
        <source>Explain compound interest to a teenager</source>
        <translation>给中学生讲讲复利</translation>
    </message>
    <message>
        <source>Short, with one example</source>
        <translation>简短，附一个例子</translation>
    </message>
    <message>
        <source>Explain compound interest to a teenager. Keep it short, one example.</source>
        <translation>给中学生讲讲什么是复利。简短一些，举一个例子。</translation>
    </message>
    <message>
        <source>Sort customer comments into topics</source>
        <translation>把客户评论按主题分类</translation>
    </message>
    <message>
        <source>Paste them, one on a line</source>
        <translation>粘贴进来，每行一条</translation>
    </message>
    <message>
        <source>Sort these customer comments into topics:</source>
        <translation>把下面的客户评论按主题分类：</translation>
    </message>
    <message>
        <source>There is no model on this computer yet. Add one below.</source>
        <translation>这台电脑上还没有模型。在下面添加一个。</translation>
    </message>
    <message>
        <source>{model} is ready: a tiny model, good for trying things out.</source>
        <translation>{model} 已就绪：模型很小，适合试用。</translation>
    </message>
    <message>
        <source>{model} is ready.</source>
        <translation>{model} 已就绪。</translation>
    </message>
    <message>
        <source>{model} is being loaded, {percent}.</source>
        <translation>正在加载 {model}，{percent}。</translation>
    </message>
    <message>
        <source>{model} can&apos;t be used.</source>
        <translation>{model} 无法使用。</translation>
    </message>
    <message>
        <source>{model} is loaded when you send a message.</source>
        <translation>发送消息时加载 {model}。</translation>
    </message>
</context>
<context>
    <name>_DropSign</name>
    <message>
        <source>Drop files to attach them</source>
        <translation>松开即可添加文件</translation>
    </message>
</context>
<context>
    <name>_RowDelegate</name>
    <message>
        <source>Starter</source>
        <translation>入门</translation>
    </message>
</context>
<context>
    <name>_Well</name>
    <message>
        <source>Add model from file…</source>
        <translation>从文件添加模型…</translation>
    </message>
    <message>
        <source>Open models folder</source>
        <translation>打开模型文件夹</translation>
    </message>
    <message>
        <source>For better answers, get a larger model</source>
        <translation>换用更大的模型，回答会更好</translation>
    </message>
    <message>
        <source>Any GGUF file works, such as those on huggingface.co.</source>
        <translation>任何 GGUF 文件都可以，例如 huggingface.co 上的文件。</translation>
    </message>
</context>
<context>
    <name>app</name>
    <message>
        <source>Keep the file and start afresh</source>
        <translation>保留文件并重新开始</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
</context>
<context>
    <name>errors</name>
    <message>
        <source>The folder {path} can&apos;t be written. Change its permissions or choose another folder with --data-dir.</source>
        <translation>无法写入文件夹 {path}。请更改其权限，或用 --data-dir 指定其他文件夹。</translation>
    </message>
    <message>
        <source>The disk is full. Free some space where {path} lies and try again.</source>
        <translation>磁盘已满。请在 {path} 所在的磁盘上腾出空间，然后重试。</translation>
    </message>
    <message>
        <source>There is no display to open a window on. Use “chatapp chat” for a conversation in the terminal.</source>
        <translation>没有可以打开窗口的显示器。可以用“chatapp chat”在终端里对话。</translation>
    </message>
    <message>
        <source>The window can&apos;t open because a system library is missing ({detail}). Run “chatapp doctor” for the exact fix, or use “chatapp chat” in the terminal.</source>
        <translation>缺少系统库（{detail}），无法打开窗口。运行“chatapp doctor”查看具体的解决方法，或在终端里使用“chatapp chat”。</translation>
    </message>
    <message>
        <source>The engine llama.cpp can&apos;t be loaded ({detail}). Install it again with “python3 packaging/bootstrap.py setup”.</source>
        <translation>无法加载引擎 llama.cpp（{detail}）。请用“python3 packaging/bootstrap.py setup”重新安装。</translation>
    </message>
    <message>
        <source>There is no model on this computer. Add a GGUF file to the models folder.</source>
        <translation>这台电脑上没有模型。请在模型文件夹中放入一个 GGUF 文件。</translation>
    </message>
    <message>
        <source>No model is called “{name}”. “chatapp models list” shows what is there.</source>
        <translation>没有名为“{name}”的模型。用“chatapp models list”查看现有的模型。</translation>
    </message>
    <message>
        <source>The model file {path} is not there. Choose another model.</source>
        <translation>模型文件 {path} 不存在。请选择其他模型。</translation>
    </message>
    <message>
        <source>{path} is a folder. Choose the model file in it, which ends in .gguf.</source>
        <translation>{path} 是文件夹。请选择其中以 .gguf 结尾的模型文件。</translation>
    </message>
    <message>
        <source>The model file {path} can&apos;t be read. Change its permissions.</source>
        <translation>无法读取模型文件 {path}。请更改其权限。</translation>
    </message>
    <message>
        <source>The model file {path} is empty. Download it again.</source>
        <translation>模型文件 {path} 是空的。请重新下载。</translation>
    </message>
    <message>
        <source>This file is not a GGUF model: {path}. Choose another file.</source>
        <translation>这不是 GGUF 模型文件：{path}。请选择其他文件。</translation>
    </message>
    <message>
        <source>The model stopped unexpectedly. Try again.</source>
        <translation>模型意外停止。请重试。</translation>
    </message>
    <message>
        <source>There is nothing to send. Write a message.</source>
        <translation>没有可发送的内容。先写一条消息。</translation>
    </message>
    <message>
        <source>The grammar or JSON Schema can&apos;t be used ({detail}). Correct it and try again.</source>
        <translation>语法或 JSON Schema 无法使用（{detail}）。请改正后重试。</translation>
    </message>
    <message>
        <source>A message that this needs was deleted. Bring it back, or ask again.</source>
        <translation>所需的消息已删除。请恢复它，或重新提问。</translation>
    </message>
    <message>
        <source>Only the last answer can be continued. Ask for another version instead.</source>
        <translation>只能继续最后一个回答。可以改为重新生成。</translation>
    </message>
    <message>
        <source>It is not known how this answer was made. Ask for another version instead.</source>
        <translation>不知道这个回答是怎样生成的。可以改为重新生成。</translation>
    </message>
    <message>
        <source>“{name}” can&apos;t be read. Check that the file is there and its permissions.</source>
        <translation>无法读取“{name}”。请检查文件是否存在以及它的权限。</translation>
    </message>
    <message>
        <source>“{name}” is a folder. Attach the files in it.</source>
        <translation>“{name}”是文件夹。请添加其中的文件。</translation>
    </message>
    <message>
        <source>“{name}” lies on another computer. Copy it to this one first.</source>
        <translation>“{name}”在另一台电脑上。请先复制到这台电脑。</translation>
    </message>
    <message>
        <source>“{name}” is empty. Choose another file.</source>
        <translation>“{name}”是空文件。请选择其他文件。</translation>
    </message>
    <message>
        <source>“{name}” is too large: {size} bytes, {most} at most. Attach the part that matters.</source>
        <translation>“{name}”太大：{size} 字节，最多 {most} 字节。请只添加需要的部分。</translation>
    </message>
    <message>
        <source>“{name}” is not a text file. Attach text or program code.</source>
        <translation>“{name}”不是文本文件。请添加文本或程序代码。</translation>
    </message>
    <message>
        <source>The model file {path} is damaged or incomplete. Download it again.</source>
        <translation>模型文件 {path} 已损坏或不完整。请重新下载。</translation>
    </message>
    <message>
        <source>This version of the engine doesn&apos;t know the architecture “{architecture}”. Choose another model or update Chatapp.</source>
        <translation>这个版本的引擎不支持“{architecture}”架构。请选择其他模型，或更新 Chatapp。</translation>
    </message>
    <message>
        <source>The file {path} is a model that can&apos;t write text. Choose a chat model.</source>
        <translation>文件 {path} 是不能生成文本的模型。请选择对话模型。</translation>
    </message>
    <message>
        <source>There is not enough memory for this model. Close other programs or choose a smaller model.</source>
        <translation>内存不足，无法使用这个模型。请关闭其他程序，或选择更小的模型。</translation>
    </message>
    <message>
        <source>The model can&apos;t be loaded. The log has the reason; another model may work.</source>
        <translation>无法加载模型，原因见日志。可以试试其他模型。</translation>
    </message>
    <message>
        <source>This is longer than the model can read: {needed} of {available} tokens. Shorten the message or start a new conversation.</source>
        <translation>超出模型的上下文长度：需要 {needed} 个词元，上限是 {available} 个。请缩短消息，或开始新对话。</translation>
    </message>
    <message>
        <source>The model {path} is not loaded. Load it and try again.</source>
        <translation>模型 {path} 未加载。请加载后重试。</translation>
    </message>
    <message>
        <source>The model could not go on with the answer. Try again.</source>
        <translation>模型无法继续生成回答。请重试。</translation>
    </message>
    <message>
        <source>The model gave no sign of life for {seconds} s and was started again. Try again.</source>
        <translation>模型 {seconds} 秒没有响应，已重新启动。请重试。</translation>
    </message>
    <message>
        <source>The model stopped {count} times in a row and is not started again by itself. Choose a smaller model, or try again.</source>
        <translation>模型连续停止了 {count} 次，不再自动启动。请选择更小的模型，或重试。</translation>
    </message>
    <message>
        <source>The conversations in {path} were written by a newer version of Chatapp. Nothing was changed; update Chatapp to open them.</source>
        <translation>{path} 中的对话是由更新版本的 Chatapp 写入的。没有改动任何内容，请更新 Chatapp 后再打开。</translation>
    </message>
    <message>
        <source>The file with the conversations is damaged: {path}. Nothing was changed. Move it away to start afresh, or put a backup in its place.</source>
        <translation>存放对话的文件已损坏：{path}。没有改动任何内容。请移走它以重新开始，或用备份替换它。</translation>
    </message>
    <message>
        <source>Another program holds the conversations in {path}. Close it and try again.</source>
        <translation>另一个程序正在使用 {path} 中的对话。请关闭那个程序，然后重试。</translation>
    </message>
    <message>
        <source>The conversations in {path} can&apos;t be read or written ({detail}). Check the disk and try again.</source>
        <translation>无法读写 {path} 中的对话（{detail}）。请检查磁盘，然后重试。</translation>
    </message>
    <message>
        <source>This conversation was deleted meanwhile. Start a new one.</source>
        <translation>这个对话已被删除。请开始新对话。</translation>
    </message>
</context>
<context>
    <name>i18n</name>
    <message>
        <source>{first} {second}</source>
        <comment>two sentences</comment>
        <translation>{first}{second}</translation>
    </message>
</context>
</TS>
